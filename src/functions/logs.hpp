#pragma once
// What functions wrote to their console, by environment: 30 days of it and at most kLogsMax lines.

#include <string>
#include <unordered_map>
#include <vector>

#include "functions/deployed.hpp"
#include "monitor/alerts.hpp"
#include "rest/context.hpp"

namespace dialtone::functions {

inline constexpr std::chrono::hours kLogsAge{30 * 24};
inline constexpr std::size_t kLogsMax = 10'000;         ///< of one environment; some more until they are swept
inline constexpr std::size_t kLogBytesMax = 16 * 1024;  ///< of one line; the rest is cut off

class Logs {
 public:
  Logs(rest::Services& services, monitor::Alerts& alerts) : services_(services), alerts_(alerts) {}

  /// Records, journal entries `function.log`, and alerts 82004 and 82005 for what was warned of.
  Task<> keep(std::vector<LogLine> lines);

 private:
  static constexpr std::size_t kTogetherMax = 200;  ///< lines of one transaction
  static constexpr std::size_t kSweep = 500;        ///< erased at once
  static constexpr std::size_t kAlertsTogetherMax = 20;

  struct Count {
    std::size_t lines = 0;
    TimePoint swept_at{};
    bool sweeping = false;
  };

  void add(store::Transaction& transaction, const LogLine& line, bool with_alert);
  Task<> sweep(std::string environment_sid, std::string scope);

  rest::Services& services_;
  monitor::Alerts& alerts_;
  std::unordered_map<std::string, Count> counts_;  ///< by environment
};

}  // namespace dialtone::functions
