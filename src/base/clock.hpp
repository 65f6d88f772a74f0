#pragma once
// All time that a user can see comes from here. The clock runs with the machine's, or is held: frozen, set, advanced.
// Timers are kept on virtual time, so what is due next week can happen in milliseconds.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/task.hpp"

namespace dialtone {

using TimePoint = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

class Clock {
 public:
  using TimerId = std::uint64_t;

  explicit Clock(Executor executor);

  /// The only member that other threads may call.
  [[nodiscard]] TimePoint now() const;

  /// Calls `action` on the executor once now() >= due. Timers that are due together run in order of their making.
  TimerId at(TimePoint due, std::function<void()> action);
  void cancel(TimerId id);
  /// Waits on virtual time.
  Task<> sleep_until(TimePoint due);
  /// The same for who is counted as at work (a request, a handler of the outbox) and does nothing else meanwhile.
  Task<> rest_until(TimePoint due);
  /// How many rest now.
  [[nodiscard]] std::size_t resting() const { return resting_; }

  void freeze();
  void resume();  ///< runs on from the time it shows
  void set(TimePoint time);
  [[nodiscard]] bool frozen() const { return (standing() & 1) != 0; }
  /// When the next timer is due, if there is one.
  [[nodiscard]] std::optional<TimePoint> next_due() const;

  /// How the clock stands to the machine's, to be taken up later.
  struct State {
    bool frozen = false;
    TimePoint held{};
    Duration offset{0};
  };
  [[nodiscard]] State state() const;
  void restore(const State& state);

 private:
  using Key = std::pair<TimePoint, TimerId>;

  [[nodiscard]] std::int64_t standing() const { return standing_.load(std::memory_order_relaxed); }
  void hold(TimePoint time) { standing_.store(time.time_since_epoch().count() * 2 + 1, std::memory_order_relaxed); }
  void run_at(Duration offset) { standing_.store(offset.count() * 2, std::memory_order_relaxed); }
  void run_due();
  void arm();

  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor> timer_;
  std::map<Key, std::function<void()>> timers_;
  std::unordered_map<TimerId, TimePoint> due_;
  TimerId last_id_ = 0;
  /// The time held, or how far from the machine's it runs, in microseconds; the lowest bit tells which: one word, so
  /// that another thread never sees half of a change.
  std::atomic<std::int64_t> standing_{0};
  std::size_t resting_ = 0;
  TimePoint armed_for_ = TimePoint::max();
};

/// `Thu, 24 Aug 2023 05:01:45 +0000`: dates of the 2010 API.
std::string rfc2822(TimePoint time);
/// `2015-07-30T20:12:31Z`: dates of the product APIs.
std::string iso8601(TimePoint time);
/// `2015-07-30T20:12:31.123456Z`, for our own journal and control API.
std::string iso8601_precise(TimePoint time);

struct ParsedTime {
  TimePoint time;
  bool whole_day = false;  ///< the text named a date without a time
};
/// Reads every form the API accepts: `YYYY-MM-DD`, ISO 8601 with `Z` or an offset, `YYYY-MM-DD hh:mm:ss`, RFC 2822.
Result<ParsedTime> parse_time(std::string_view text);

}  // namespace dialtone
