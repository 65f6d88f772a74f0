#include "base/clock.hpp"

#include <array>
#include <charconv>
#include <ctime>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>

namespace dialtone {
namespace {

TimePoint machine_now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

}  // namespace

Clock::Clock(Executor executor) : timer_(executor) {}

TimePoint Clock::now() const {
  const std::int64_t standing = this->standing();
  const Duration value{standing >> 1};
  return (standing & 1) != 0 ? TimePoint(value) : machine_now() + value;
}

Clock::State Clock::state() const {
  if (frozen()) return {.frozen = true, .held = now()};
  return {.offset = Duration{standing() >> 1}};
}

Clock::TimerId Clock::at(TimePoint due, std::function<void()> action) {
  const TimerId id = ++last_id_;
  timers_.emplace(Key{due, id}, std::move(action));
  due_.emplace(id, due);
  arm();
  return id;
}

void Clock::cancel(TimerId id) {
  const auto found = due_.find(id);
  if (found == due_.end()) return;
  timers_.erase(Key{found->second, id});
  due_.erase(found);
}

Task<> Clock::sleep_until(TimePoint due) {
  Event reached(timer_.get_executor());
  const TimerId id = at(due, [&reached] { reached.set(); });
  struct Cancel {
    Clock& clock;
    TimerId id;
    ~Cancel() { clock.cancel(id); }
  } cancel{*this, id};
  while (!reached.is_set()) co_await reached.wait(std::chrono::hours(24));
}

Task<> Clock::rest_until(TimePoint due) {
  struct Rest {
    std::size_t& count;
    ~Rest() { --count; }
  } rest{++resting_};
  co_await sleep_until(due);
}

void Clock::restore(const State& state) {
  state.frozen ? hold(state.held) : run_at(state.offset);
  timer_.cancel();
  armed_for_ = TimePoint::max();
  arm();
}

void Clock::freeze() {
  hold(now());
  timer_.cancel();
  armed_for_ = TimePoint::max();
}

void Clock::resume() {
  if (frozen()) run_at(now() - machine_now());
  arm();
}

void Clock::set(TimePoint time) {
  frozen() ? hold(time) : run_at(time - machine_now());
  armed_for_ = TimePoint::max();
  arm();
}

std::optional<TimePoint> Clock::next_due() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first.first;
}

void Clock::run_due() {
  // Only what was due when we began: a timer that makes itself anew must not keep the thread.
  const TimePoint until = now();
  std::vector<std::function<void()>> due;
  while (!timers_.empty() && timers_.begin()->first.first <= until) {
    due_.erase(timers_.begin()->first.second);
    due.push_back(std::move(timers_.begin()->second));
    timers_.erase(timers_.begin());
  }
  for (auto& action : due) action();
  arm();
}

void Clock::arm() {
  if (timers_.empty()) return;
  const TimePoint due = timers_.begin()->first.first;
  const TimePoint current = now();
  if (frozen() && due > current) return;
  if (due >= armed_for_) return;
  armed_for_ = due;
  // A wait is cut into days so that a clock set by hand or a far date cannot overflow the timer.
  const auto wait =
      std::clamp(due - current, Duration{0}, std::chrono::duration_cast<Duration>(std::chrono::hours(24)));
  timer_.expires_after(wait);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    armed_for_ = TimePoint::max();
    run_due();
  });
}

namespace {

struct Civil {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<Duration> time;
  unsigned weekday;
};

Civil civil(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {.date = std::chrono::year_month_day{day},
          .time = std::chrono::hh_mm_ss<Duration>{time - day},
          .weekday = std::chrono::weekday{day}.c_encoding()};
}

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Reads a text from left to right; every step says whether it fitted.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool number(int& value, std::size_t digits) {
    if (text_.size() < digits) return false;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + digits, value);
    if (error != std::errc{} || end != text_.data() + digits || text_[0] == '-') return false;
    text_.remove_prefix(digits);
    return true;
  }
  bool literal(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool month(int& value) {
    for (std::size_t i = 0; i < kMonths.size(); ++i) {
      if (text_.starts_with(kMonths[i])) {
        value = static_cast<int>(i) + 1;
        text_.remove_prefix(3);
        return true;
      }
    }
    return false;
  }
  bool fraction(int& microseconds) {
    if (!literal('.')) return true;
    int digits = 0;
    while (!text_.empty() && text_[0] >= '0' && text_[0] <= '9') {
      if (digits < 6) {
        microseconds = microseconds * 10 + (text_[0] - '0');
        ++digits;
      }
      text_.remove_prefix(1);
    }
    if (digits == 0) return false;
    for (; digits < 6; ++digits) microseconds *= 10;
    return true;
  }
  bool zone(int& minutes_east) {
    minutes_east = 0;
    if (text_.empty() || text_ == "Z" || text_ == "z" || text_ == "GMT" || text_ == "UTC" || text_ == " UTC") {
      text_ = {};
      return true;
    }
    // A '+' that a query did not encode arrives as a space.
    const bool east = text_[0] == '+' || text_[0] == ' ';
    if (!east && text_[0] != '-') return false;
    text_.remove_prefix(1);
    int hours = 0;
    int minutes = 0;
    if (!number(hours, 2)) return false;
    literal(':');
    if (!number(minutes, 2) || hours > 15 || minutes > 59) return false;
    minutes_east = (east ? 1 : -1) * (hours * 60 + minutes);
    return true;
  }
  [[nodiscard]] bool done() const { return text_.empty(); }
  void skip_spaces() {
    while (!text_.empty() && text_[0] == ' ') text_.remove_prefix(1);
  }
  [[nodiscard]] std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

}  // namespace

std::string rfc2822(TimePoint time) {
  const Civil c = civil(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[c.weekday], unsigned{c.date.day()},
                     kMonths[unsigned{c.date.month()} - 1], int{c.date.year()}, c.time.hours().count(),
                     c.time.minutes().count(), c.time.seconds().count());
}

std::string iso8601(TimePoint time) {
  const Civil c = civil(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", int{c.date.year()}, unsigned{c.date.month()},
                     unsigned{c.date.day()}, c.time.hours().count(), c.time.minutes().count(),
                     c.time.seconds().count());
}

std::string iso8601_precise(TimePoint time) {
  // Within one second only the fraction changes.
  thread_local std::int64_t last_second = -1;
  thread_local std::string text;
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  if (second.time_since_epoch().count() != last_second) {
    text = iso8601(time);
    text.replace(text.size() - 1, 1, ".000000Z");
    last_second = second.time_since_epoch().count();
  }
  auto fraction = (time - second).count();
  for (std::size_t i = 0; i < 6; ++i, fraction /= 10)
    text[text.size() - 2 - i] = static_cast<char>('0' + fraction % 10);
  return text;
}

Result<ParsedTime> parse_time(std::string_view text) {
  const auto bad = [&] { return fail({errors::kBadRequest, fmt::format("Invalid date: {}", text)}); };
  Reader reader(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0, east = 0;
  bool whole_day = false;
  if (text.size() > 4 && text[3] == ',') {  // RFC 2822
    reader = Reader(text.substr(4));
    reader.skip_spaces();
    if (!(reader.number(day, 2) || reader.number(day, 1))) return bad();
    reader.skip_spaces();
    if (!reader.month(month)) return bad();
    reader.skip_spaces();
    if (!reader.number(year, 4)) return bad();
    reader.skip_spaces();
    if (!reader.number(hour, 2) || !reader.literal(':') || !reader.number(minute, 2)) return bad();
    if (reader.literal(':') && !reader.number(second, 2)) return bad();
    if (reader.rest().size() > 1) reader.literal(' ');
    if (!reader.zone(east) || !reader.done()) return bad();
  } else {
    if (!reader.number(year, 4) || !reader.literal('-') || !reader.number(month, 2) || !reader.literal('-') ||
        !reader.number(day, 2)) {
      return bad();
    }
    if (reader.done()) {
      whole_day = true;
    } else {
      if (!reader.literal('T') && !reader.literal(' ') && !reader.literal('t')) return bad();
      if (!reader.number(hour, 2) || !reader.literal(':') || !reader.number(minute, 2)) return bad();
      if (reader.literal(':') && (!reader.number(second, 2) || !reader.fraction(micros))) return bad();
      if (!reader.zone(east) || !reader.done()) return bad();
    }
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return bad();
  return ParsedTime{.time = TimePoint{std::chrono::sys_days{date}} + std::chrono::hours{hour} +
                            std::chrono::minutes{minute} + std::chrono::seconds{second} +
                            std::chrono::microseconds{micros} - std::chrono::minutes{east},
                    .whole_day = whole_day};
}

}  // namespace dialtone
