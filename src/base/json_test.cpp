#include "base/json.hpp"

#include <gtest/gtest.h>

namespace dialtone {
namespace {

TEST(Json, IsWrittenAsTwilioWritesIt) {
  const auto value = parse_json(R"({"a":[1,-2,true,null,"\u00e9\n\u0001"],"b":{}})");
  ASSERT_TRUE(value);
  EXPECT_EQ(wire_json(*value), "{\"a\": [1, -2, true, null, \"\u00e9\\n\\u0001\"], \"b\": {}}");
}

TEST(Json, AStringIsItselfAndNoMoreHoweverItsBufferGrows) {
  std::string all;
  std::string expected;
  for (std::size_t size = 0; size < 300; ++size) {
    const std::string text(size, 'x');
    append_json_string(all, text);
    expected += '"' + text + '"';
    ASSERT_EQ(all, expected);
  }
}

TEST(Json, ANumberTooLargeForADoubleStaysANumber) {
  for (const char* text : {"1e400", "-1e400", "[1e999]"}) {
    const auto value = parse_json(text);
    if (!value) continue;
    const auto again = parse_json(wire_json(*value));
    ASSERT_TRUE(again) << wire_json(*value);
    EXPECT_EQ(*again, *value);
  }
}

TEST(Json, ZeroTimesAnyPowerIsZero) { EXPECT_EQ(wire_json(parse_json("[0e992999]").value()), "[0.0]"); }

TEST(Json, FractionsAreWrittenAsPeopleWriteThem) {
  for (const char* text : {"0.1", "1.5", "-2.25", "1.0", "0.0", "-0.0", "100000.5"}) {
    EXPECT_EQ(wire_json(parse_json(text).value()), text);
  }
}

TEST(Json, WhatIsNoJsonIsRefused) {
  const std::string deep = std::string(kJsonDepthMax + 1, '[') + std::string(kJsonDepthMax + 1, ']');
  for (const std::string& text : {std::string(), std::string("{"), std::string("[1,]"), std::string("nan"),
                                  std::string("\"\xff\""), std::string("1 2"), std::string("\0", 1), deep}) {
    const auto value = parse_json(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, 20001);
  }
}

}  // namespace
}  // namespace dialtone
