#pragma once
// Counters for Prometheus: requests by product, journal entries by kind, the process itself.

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/hash.hpp"
#include "carrier/handset/handsets.hpp"
#include "functions/gateway.hpp"
#include "net/server.hpp"
#include "store/ledger.hpp"

namespace prometheus {
class Registry;
class Counter;
class Gauge;
class Histogram;
template <typename T>
class Family;
}  // namespace prometheus

namespace dialtone::app {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  /// Begins to count what the journal tells.
  void watch(store::Ledger& ledger, const carrier::handset::Handsets& handsets);
  void watch(const net::Server& server) { server_ = &server; }
  void watch(const functions::Gateway& functions) { functions_ = &functions; }
  void count_request(std::string_view product, int status, std::chrono::nanoseconds took);
  /// The text format, version 0.0.4.
  [[nodiscard]] std::string render();

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& latency_;
  prometheus::Family<prometheus::Counter>& entries_;
  prometheus::Gauge& position_;
  prometheus::Gauge& handset_count_;
  prometheus::Gauge& resident_;
  prometheus::Gauge& connections_;
  prometheus::Family<prometheus::Gauge>& workers_;
  /// Looked up once: a family's Add() sorts labels on each call.
  std::map<std::string, std::map<int, prometheus::Counter*>, std::less<>> request_counters_;
  std::map<std::string, prometheus::Histogram*, std::less<>> latencies_;
  std::unordered_map<std::string, prometheus::Counter*, TextHash, std::equal_to<>> entry_counters_;
  store::Ledger* ledger_ = nullptr;
  const carrier::handset::Handsets* handsets_ = nullptr;
  const net::Server* server_ = nullptr;
  const functions::Gateway* functions_ = nullptr;
};

}  // namespace dialtone::app
