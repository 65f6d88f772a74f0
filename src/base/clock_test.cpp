#include "base/clock.hpp"

#include <gtest/gtest.h>

#include "base/testing.hpp"

namespace dialtone {
namespace {

using namespace std::chrono_literals;

TimePoint at(std::string_view text) { return parse_time(text)->time; }

TEST(Dates, AreWrittenAsTheApiWritesThem) {
  const TimePoint time = at("2023-08-24T05:01:45.123456Z");
  EXPECT_EQ(rfc2822(time), "Thu, 24 Aug 2023 05:01:45 +0000");
  EXPECT_EQ(iso8601(time), "2023-08-24T05:01:45Z");
  EXPECT_EQ(iso8601_precise(time), "2023-08-24T05:01:45.123456Z");
}

TEST(Dates, AreReadInEveryFormTheApiTakes) {
  const TimePoint time = at("2023-08-24T05:01:45Z");
  for (const std::string_view text :
       {"Thu, 24 Aug 2023 05:01:45 +0000", "Thu, 24 Aug 2023 05:01:45 GMT", "2023-08-24T07:01:45+02:00",
        "2023-08-24 05:01:45", "2023-08-24T05:01:45.000Z", "2023-08-24T07:01:45 0200"}) {
    const auto parsed = parse_time(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->time, time) << text;
    EXPECT_FALSE(parsed->whole_day);
  }
  EXPECT_TRUE(parse_time("2023-08-24")->whole_day);
}

TEST(Dates, RefuseWhatIsNone) {
  for (const std::string_view text :
       {"", "2023", "2023-13-01", "2023-02-30", "24 Aug 2023", "2023-08-24T25:00:00Z", "2023-08-24T", "x",
        "Thu, 24 Foo 2023 05:01:45 +0000", "-023-08-24", "2023-08-24T05:01:45+99:99"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Clock, AFrozenClockStandsAndItsTimersWithIt) {
  asio::io_context io;
  Clock clock(io.get_executor());
  clock.freeze();
  clock.set(at("2030-01-01T00:00:00Z"));
  std::vector<int> ran;
  clock.at(clock.now() + 24h, [&] { ran.push_back(2); });
  clock.at(clock.now() + 1h, [&] { ran.push_back(1); });
  const auto cancelled = clock.at(clock.now() + 1h, [&] { ran.push_back(3); });
  clock.cancel(cancelled);
  io.poll();
  EXPECT_TRUE(ran.empty());
  EXPECT_EQ(clock.next_due(), clock.now() + 1h);
  clock.set(clock.now() + 25h);
  io.restart();
  io.run();
  EXPECT_EQ(ran, (std::vector<int>{1, 2}));
  EXPECT_EQ(iso8601(clock.now()), "2030-01-02T01:00:00Z");
}

TEST(Clock, RunsOnFromTheTimeItShows) {
  asio::io_context io;
  Clock clock(io.get_executor());
  clock.freeze();
  clock.set(at("2030-01-01T00:00:00Z"));
  clock.resume();
  const auto now = clock.now();
  EXPECT_GE(now, at("2030-01-01T00:00:00Z"));
  EXPECT_LT(now, at("2030-01-01T00:01:00Z"));
}

TEST(Clock, ASleeperWakesWhenTheClockIsSet) {
  asio::io_context io;
  Clock clock(io.get_executor());
  clock.freeze();
  bool woke = false;
  spawn(io.get_executor(), "sleeper", [](Clock& c, bool& flag) -> Task<> {
    co_await c.sleep_until(c.now() + std::chrono::hours(24 * 365));
    flag = true;
  }(clock, woke));
  io.poll();
  EXPECT_FALSE(woke);
  clock.set(clock.now() + std::chrono::hours(24 * 366));
  io.restart();
  io.run();
  EXPECT_TRUE(woke);
}

}  // namespace
}  // namespace dialtone
