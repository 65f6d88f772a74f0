#include "base/sid.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/base64.hpp"
#include "base/json.hpp"

namespace dialtone {
namespace {

TEST(Sid, AscendsAlsoWhenTheClockStandsOrGoesBack) {
  asio::io_context io;
  Clock clock(io.get_executor());
  clock.freeze();
  SidSource source(clock);
  std::string last;
  std::set<std::string> all;
  for (int i = 0; i < 200'000; ++i) {
    if (i == 1000) clock.set(clock.now() - std::chrono::hours(1));
    std::string sid = source.make("SM");
    ASSERT_GT(sid, last);
    last = sid;
    if (i % 1000 == 0) all.insert(std::move(sid));
  }
  EXPECT_EQ(all.size(), 200U);
  EXPECT_TRUE(is_sid(last, "SM"));
}

TEST(Sid, IsTwoLettersAndThirtyTwoHexDigits) {
  EXPECT_TRUE(is_sid("SM0123456789abcdefABCDEF0123456789"));
  for (const std::string_view text :
       {"", "SM", "sm0123456789abcdef0123456789abcdef", "SM0123456789abcdef0123456789abcde",
        "SM0123456789abcdef0123456789abcdefa", "SM0123456789abcdef0123456789abcdeg"}) {
    EXPECT_FALSE(is_sid(text)) << text;
  }
}

TEST(Base64, RoundTripsAndRefusesTheRest) {
  for (const std::string_view text : {"", "a", "ab", "abc", "abcd", "\xff\x00\x01"}) {
    EXPECT_EQ(base64_decode(base64_encode(text)), text);
  }
  for (const std::string_view text :
       {"a", "ab=", "a===", "ab c", "abc\n", "====", "YQ==YQ==", "    YWFh", "YWFh    ", "YWFh\n\n\n\n", "YWFhYWE-",
        "YQ==----", "YWFh----", "Y=Fh", "=", "==", "YWFhYWE\x80"}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
}

TEST(ConstantTime, ComparesAsEqualityDoes) {
  EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secreT", "secret"));
  EXPECT_FALSE(equal_in_constant_time("", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secretsecret", "secret"));
}

TEST(WireJson, HasSpacesAndEscapes) {
  const json::value value = {{"a", {1, nullptr, true}}, {"b", "x\"\\\n\x01é"}};
  EXPECT_EQ(wire_json(value), "{\"a\": [1, null, true], \"b\": \"x\\\"\\\\\\n\\u0001é\"}");
}

TEST(ParseJson, RefusesDeepAndBrokenText) {
  EXPECT_TRUE(parse_json("{\"a\": [1]}"));
  EXPECT_FALSE(parse_json("{\"a\": [1}"));
  EXPECT_FALSE(parse_json(std::string(1000, '[') + std::string(1000, ']')));
}

}  // namespace
}  // namespace dialtone
