#pragma once
// Time that passes only when nothing is left to do: the clock stands, and jumps to the next timer whenever no request
// is being answered, no row of the outbox is being acted on and nothing has happened for a moment. A week of reminders
// thus takes as long as the work they make.

#include <functional>
#include <optional>

#include "rest/context.hpp"

namespace dialtone::lab {

inline constexpr std::chrono::milliseconds kQuietDefault{20};
inline constexpr std::chrono::milliseconds kQuietMax = std::chrono::seconds(10);

struct AutoOptions {
  std::optional<TimePoint> until = {};  ///< no jump beyond it
  /// How long nothing must have happened, in real time: what an application does between two requests is not seen.
  std::chrono::milliseconds quiet = kQuietDefault;
};

class AutoClock {
 public:
  /// `requests`: how many requests of applications are being answered now.
  AutoClock(rest::Services& services, std::function<std::size_t()> requests)
      : services_(services), requests_(std::move(requests)) {}

  /// Freezes the clock and begins to jump. Again: with other options.
  void start(AutoOptions options);
  /// Jumps no more; the clock stays as it is.
  void stop() { ++run_, on_ = false; }
  [[nodiscard]] bool on() const { return on_; }

 private:
  /// What changes when something happens.
  struct Mark {
    std::uint64_t position;
    std::size_t working;
    std::optional<TimePoint> next;
    friend bool operator==(const Mark&, const Mark&) = default;
  };

  Task<> watch(std::uint64_t run);
  [[nodiscard]] Mark mark() const;
  Task<> jump(TimePoint to);

  rest::Services& services_;
  std::function<std::size_t()> requests_;
  AutoOptions options_;
  bool on_ = false;
  std::uint64_t run_ = 0;  ///< an earlier watch sees that it was stopped
};

}  // namespace dialtone::lab
