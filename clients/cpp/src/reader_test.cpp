#include "reader.hpp"

#include <gtest/gtest.h>

namespace twilio {
namespace {

TEST(Json, WritesWhatItRead) {
  for (const char* text : {"null", "true", "[]", "{}", "[1,-2,3.5,1e+300]", R"({"a":"b","c":[{"d":null}]})",
                           R"("\"\\\n\t\u0001é🚀")", "9223372036854775807"}) {
    EXPECT_EQ(Json::parse(text).dump(), text);
  }
  EXPECT_EQ(Json::parse(" { \"a\" : [ 1 , 2 ] } ").dump(), R"({"a":[1,2]})");
  EXPECT_EQ(Json::parse(R"("\u00fc\ud83d\ude80\ud83d")").text(), "ü🚀\xEF\xBF\xBD");
}

TEST(Json, RefusesWhatIsNone) {
  for (const char* text : {"", "nul", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "\"", "\"\\x\"", "01x", "1 2", "-", "1.",
                           "\"\n\"", "[1", "{\"a\":", "\"\\u12\""}) {
    EXPECT_THROW(Json::parse(text), std::invalid_argument) << text;
  }
  EXPECT_THROW(Json::parse(std::string(100'000, '[')), std::invalid_argument);
}

TEST(Json, AnswersForWhatIsNotThere) {
  Json json = Json::parse(R"({"a":{"b":[1,"x"]}})");
  EXPECT_EQ(json["a"]["b"][1].text(), "x");
  EXPECT_TRUE(json["nothing"][3]["here"].is_null());
  EXPECT_EQ(json["a"]["b"][0].text(), "");
  EXPECT_EQ(json["a"]["b"][1].integer(7), 7);
}

TEST(Reader, PassesOverWhatIsNotAskedFor) {
  detail::Reader reader(R"({"skip":{"a":["}","\"]",{}]},"take":7})");
  std::string taken;
  reader.object([&](std::string_view name) {
    if (name == "take")
      taken = reader.number();
    else
      reader.skip();
  });
  reader.end();
  EXPECT_EQ(taken, "7");
}

}  // namespace
}  // namespace twilio
