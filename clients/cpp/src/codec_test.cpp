#include "codec.hpp"

#include <gtest/gtest.h>

namespace twilio::detail {
namespace {

using namespace std::chrono;

TEST(Time, ReadsBothOfTheApisFormats) {
  Time expected = sys_days(2024y / May / 6) + 7h + 8min + 9s;
  EXPECT_EQ(read_time("2024-05-06T07:08:09Z"), expected);
  EXPECT_EQ(read_time("Mon, 06 May 2024 07:08:09 +0000"), expected);
  EXPECT_EQ(read_time("2024-05-06T09:08:09+02:00"), expected);
  EXPECT_EQ(read_time("2024-05-06T07:08:09.250Z"), expected + 250ms);
  EXPECT_EQ(read_time("2024-05-06"), Time(sys_days(2024y / May / 6)));
  for (const char* text : {"", "now", "2024-13-01T00:00:00Z", "2024-05-06T25:00:00Z", "Mon, 06 Foo 2024 07:08:09 +0000",
                           "2024-05-06T07:08:09Q", "9999-01-01T00:00:00Z"}) {
    EXPECT_FALSE(read_time(text)) << text;
  }
}

TEST(Time, IsWrittenInWholeSecondsOfUtc) {
  EXPECT_EQ(write_time(sys_days(2024y / May / 6) + 7h + 8min + 9s + 999ms), "2024-05-06T07:08:09Z");
  EXPECT_EQ(write_date(2024y / February / 29), "2024-02-29");
}

TEST(Escape, KeepsASegmentASegment) {
  std::string out;
  escape_segment(out, "a/b?c#d é+1:2");
  EXPECT_EQ(out, "a%2Fb%3Fc%23d%20%C3%A9+1:2");
  for (const char* text : {"", ".", ".."}) EXPECT_THROW(escape_segment(out, text), std::invalid_argument);
}

}  // namespace
}  // namespace twilio::detail
