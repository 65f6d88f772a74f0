#pragma once
// How often something may happen in a time. Counted in memory and on the program's clock.

#include <chrono>
#include <string>
#include <unordered_map>
#include <vector>

#include "rest/context.hpp"

namespace dialtone::verify {

inline constexpr std::size_t kRateLimitsMax = 20;  ///< of a service
inline constexpr std::size_t kBucketsMax = 20;     ///< of a rate limit

struct Window {
  std::size_t most;
  Duration span;
};

class Counters {
 public:
  static constexpr std::size_t kKeysMax = 10'000;
  static constexpr std::chrono::hours kMemory{24};  ///< longest window

  /// Was it done as often as the window allows?
  [[nodiscard]] bool full(const std::string& key, Window window, TimePoint now);
  void count(const std::string& key, TimePoint now);
  void forget() { times_.clear(); }

 private:
  std::unordered_map<std::string, std::vector<TimePoint>> times_;  ///< of each key, in order
};

/// The service's rate limits, applied to what the application says of its request (`{"end_user_ip": "10.0.0.1"}`);
/// counts it when it passes. Errors: 60200, 20429. Source: Verify v2, Service Rate Limits.
Task<Result<>> pass_rate_limits(rest::Services& services, Counters& counters, std::string account_sid,
                                std::string service_sid, std::string values);

}  // namespace dialtone::verify
