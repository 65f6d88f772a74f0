#include "usage/meter.hpp"

#include <gtest/gtest.h>

#include "usage/triggers.hpp"

namespace dialtone::usage {
namespace {

store::JournalEntry entry(std::string kind, std::string subject, std::string data) {
  return {.at = TimePoint{},
          .kind = std::move(kind),
          .account = "AC1",
          .subject = std::move(subject),
          .data = std::move(data)};
}

TEST(Meter, ChargesForWhatIsSentReceivedAndBought) {
  struct Case {
    store::JournalEntry entry;
    std::string_view name;
    Amount amount;
  };
  for (const auto& [given, name, amount] : {
           Case{entry("message.sent", "SM1", R"({"from": "+15", "to": "+16", "num_segments": 2, "price": "-0.01500"})"),
                "sms-outbound-longcode",
                {2, 2, 1500}},
           Case{entry("message.sent", "MM1",
                      R"({"from": "22395", "to": "+16", "num_segments": 3, "price": "-0.02000"})"),
                "mms-outbound-shortcode",
                {1, 1, 2000}},
           Case{entry("message.received", "SM1",
                      R"({"from": "22", "to": "+16", "num_segments": 1, "price": "-0.00750"})"),
                "sms-inbound-longcode",
                {1, 1, 750}},
           Case{entry("number.created", "+1800", R"({"sid": "PN1", "type": "toll-free"})"),
                "phonenumbers-tollfree",
                {1, 1, 215'000}},
           Case{entry("number.created", "+1415", R"({"sid": "PN1"})"), "phonenumbers-local", {1, 1, 115'000}},
       }) {
    const auto charge = charge_of(given);
    ASSERT_TRUE(charge) << given.data;
    EXPECT_EQ(name_of(charge->counted), name);
    EXPECT_EQ(charge->amount, amount) << given.data;
  }
  EXPECT_FALSE(charge_of(entry("message.delivered", "SM1", R"({"num_segments": 2})")));
  EXPECT_FALSE(charge_of(entry("message.sent", "SM1", R"({"from": "+15"})")));
}

TEST(Meter, ATextCannotPretendToBeASum) {
  const auto charge = charge_of(entry(
      "message.received", "SM1",
      R"({"from": "+15", "to": "+16", "num_segments": 1, "price": "-0.00750", "body": "\"num_segments\": 99, \"price\": \"-9\""})"));
  ASSERT_TRUE(charge);
  EXPECT_EQ(charge->amount, (Amount{1, 1, 750}));
}

TEST(Categories, AreSumsOfThoseBelowThem) {
  Amounts amounts{};
  for (std::size_t i = 0; i < amounts.size(); ++i) amounts[i] = {1, 1, 10};
  EXPECT_EQ(total(amounts, "sms"), (Amount{4, 4, 40}));
  EXPECT_EQ(total(amounts, "sms-inbound"), (Amount{2, 2, 20}));
  EXPECT_EQ(total(amounts, "phonenumbers"), (Amount{3, 3, 30}));
  EXPECT_EQ(total(amounts, "totalprice"), (Amount{0, 0, 110}));
  EXPECT_EQ(total(amounts, "calls"), Amount{});
  for (std::size_t i = 0; i < kCountedCount; ++i) EXPECT_NE(find_category(name_of(static_cast<Counted>(i))), nullptr);
}

TEST(Triggers, ShowMoneyWithoutNoughts) {
  EXPECT_EQ(value_text(750, true), "0.0075");
  EXPECT_EQ(value_text(200'000, true), "2");
  EXPECT_EQ(value_text(12, false), "12");
}

TEST(Triggers, CountFromTheBeginningOfTheirPeriod) {
  const TimePoint now = parse_time("2026-11-25T12:00:00Z")->time;
  EXPECT_EQ(text_of_day(period_start("daily", now)), "2026-11-25");
  EXPECT_EQ(text_of_day(period_start("monthly", now)), "2026-11-01");
  EXPECT_EQ(text_of_day(period_start("yearly", now)), "2026-01-01");
  EXPECT_EQ(text_of_day(period_start("", now)), "2000-01-01");
}

}  // namespace
}  // namespace dialtone::usage
