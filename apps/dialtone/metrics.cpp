#include "metrics.hpp"

#include <unistd.h>

#include <fstream>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace dialtone::app {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;

Gauge& gauge(Registry& registry, const char* name, const char* help) {
  return BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

/// Bytes in memory, from the kernel.
double resident_bytes() {
  std::ifstream in("/proc/self/statm");
  double total = 0;
  double resident = 0;
  in >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

Metrics::Metrics()
    : registry_(std::make_shared<Registry>()),
      requests_(BuildCounter()
                    .Name("dialtone_http_requests_total")
                    .Help("Requests answered, by product and status")
                    .Register(*registry_)),
      latency_(BuildHistogram()
                   .Name("dialtone_http_request_seconds")
                   .Help("Time to answer, by product")
                   .Register(*registry_)),
      entries_(
          BuildCounter().Name("dialtone_journal_entries_total").Help("What happened, by kind").Register(*registry_)),
      position_(gauge(*registry_, "dialtone_journal_position", "Position of the last journal entry")),
      handset_count_(gauge(*registry_, "dialtone_handsets", "Handsets")),
      resident_(gauge(*registry_, "process_resident_memory_bytes", "Memory in use")),
      connections_(gauge(*registry_, "dialtone_connections", "Open connections")),
      workers_(BuildGauge()
                   .Name("dialtone_functions_workers")
                   .Help("Processes that run functions, and those that wait for an environment")
                   .Register(*registry_)) {}

Metrics::~Metrics() = default;

void Metrics::watch(store::Ledger& ledger, const carrier::handset::Handsets& handsets) {
  ledger_ = &ledger;
  handsets_ = &handsets;
  ledger.subscribe([this](const store::EntryView& entry) {
    auto found = entry_counters_.find(entry.kind);
    if (found == entry_counters_.end())
      found = entry_counters_.emplace(entry.kind, &entries_.Add({{"kind", std::string(entry.kind)}})).first;
    found->second->Increment();
  });
}

void Metrics::count_request(std::string_view product, int status, std::chrono::nanoseconds took) {
  static const Histogram::BucketBoundaries kBuckets{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                    0.05,   0.1,     0.5,    1,     5,      15};
  auto counters = request_counters_.find(product);
  if (counters == request_counters_.end()) counters = request_counters_.try_emplace(std::string(product)).first;
  Counter*& counter = counters->second[status];
  if (!counter) counter = &requests_.Add({{"product", std::string(product)}, {"status", std::to_string(status)}});
  counter->Increment();
  auto latency = latencies_.find(product);
  if (latency == latencies_.end()) {
    latency =
        latencies_.emplace(std::string(product), &latency_.Add({{"product", std::string(product)}}, kBuckets)).first;
  }
  latency->second->Observe(std::chrono::duration<double>(took).count());
}

std::string Metrics::render() {
  if (ledger_) position_.Set(static_cast<double>(ledger_->store().last_position()));
  if (handsets_) handset_count_.Set(static_cast<double>(handsets_->size()));
  if (server_) connections_.Set(static_cast<double>(server_->stats().connections));
  if (functions_) {
    const auto counts = functions_->counts();
    workers_.Add({{"state", "running"}}).Set(static_cast<double>(counts.running));
    workers_.Add({{"state", "waiting"}}).Set(static_cast<double>(counts.waiting));
  }
  resident_.Set(resident_bytes());
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

}  // namespace dialtone::app
