#pragma once
// Connections that wait for their next request: at most kIdlePerHostMax for one host and kIdleMax in all, none for
// longer than kIdleMaxAge.

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "webhook/connection.hpp"

namespace dialtone::webhook {

/// Connections with equal keys can stand in for each other.
std::string pool_key(const Url& url, Certificates certificates);

class Pool {
 public:
  explicit Pool(Executor executor) : sweep_timer_(executor) {}

  /// The connection used last for that key, if it is still good; else null.
  ConnectionPtr take(const std::string& key);
  void put(const std::string& key, ConnectionPtr connection);
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Idle {
    ConnectionPtr connection;
    SteadyTime since;
  };
  void sweep();
  void drop_oldest();
  void arm();

  std::unordered_map<std::string, std::deque<Idle>> idle_;  ///< oldest first
  std::size_t size_ = 0;
  bool armed_ = false;
  Timer sweep_timer_;
  std::shared_ptr<Pool*> self_ = std::make_shared<Pool*>(this);  ///< tells the timer whether the pool is still there
};

}  // namespace dialtone::webhook
