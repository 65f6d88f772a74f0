#include "messaging/keywords.hpp"

#include <gtest/gtest.h>

namespace dialtone::messaging {
namespace {

TEST(Keywords, AreAWholeMessageInAnyCase) {
  for (const std::string_view body :
       {"STOP", "stop", " StopAll\r\n", "unsubscribe", "Cancel", "END", "quit", "revoke", "OptOut"})
    EXPECT_EQ(keyword_of(body, Line::kLongCode), Keyword::kStop) << body;
  for (const std::string_view body : {"start", "YES", "Unstop"})
    EXPECT_EQ(keyword_of(body, Line::kLongCode), Keyword::kStart) << body;
  for (const std::string_view body : {"help", "INFO\n"})
    EXPECT_EQ(keyword_of(body, Line::kLongCode), Keyword::kHelp) << body;
  for (const std::string_view body : {"", " ", "stop it", "STOP.", "yess", "s t o p", "ＳＴＯＰ"})
    EXPECT_EQ(keyword_of(body, Line::kLongCode), Keyword::kNone) << body;
}

TEST(Keywords, OfTollFreeNumbersAreFewer) {
  EXPECT_EQ(keyword_of("stop", Line::kTollFree), Keyword::kStop);
  EXPECT_EQ(keyword_of("START", Line::kTollFree), Keyword::kStart);
  EXPECT_EQ(keyword_of("unstop", Line::kTollFree), Keyword::kStart);
  EXPECT_EQ(keyword_of("help", Line::kTollFree), Keyword::kHelp);
  for (const std::string_view body : {"STOPALL", "QUIT", "YES"})
    EXPECT_EQ(keyword_of(body, Line::kTollFree), Keyword::kNone) << body;
}

TEST(Keywords, AnswersRepeatTheWordOfATollFreeNumber) {
  EXPECT_EQ(default_answer(Keyword::kStart, Line::kTollFree, " Start "),
            "NETWORK MSG: You have replied \"start\" and will begin receiving messages again from this number.");
  EXPECT_EQ(default_answer(Keyword::kNone, Line::kLongCode, "x"), "");
}

TEST(Keywords, OfAServiceAreReadAndWritten) {
  const auto settings = read_opt_out_settings(
      {{"stop", {{"keywords", {"basta", " ARRÊT "}}, {"answer", "Bye."}}}, {"help", {{"answer", ""}}}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->stop.words, (std::vector<std::string>{"BASTA", "ARRÊT"}));
  EXPECT_EQ(settings->start.words, default_opt_out_settings().start.words);
  EXPECT_EQ(keyword_of(" Basta", *settings), Keyword::kStop);
  EXPECT_EQ(keyword_of("ARRÊT", *settings), Keyword::kStop);
  EXPECT_EQ(keyword_of("stop", *settings), Keyword::kNone);
  EXPECT_EQ(keyword_of("help", *settings), Keyword::kHelp);
  const auto again = read_opt_out_settings(to_json(*settings));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->stop.words, settings->stop.words);
  EXPECT_EQ(again->help.answer, "");
  for (const json::object& bad : std::initializer_list<json::object>{{{"stop", "x"}},
                                                                     {{"stop", {{"keywords", "x"}}}},
                                                                     {{"stop", {{"keywords", {""}}}}},
                                                                     {{"stop", {{"keywords", {7}}}}},
                                                                     {{"stop", {{"keywords", {std::string(21, 'a')}}}}},
                                                                     {{"help", {{"answer", 7}}}},
                                                                     {{"help", {{"answer", std::string(321, 'a')}}}}}) {
    EXPECT_FALSE(read_opt_out_settings(bad)) << json::serialize(bad);
  }
}

}  // namespace
}  // namespace dialtone::messaging
