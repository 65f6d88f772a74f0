#include "rest/values.hpp"

#include <gtest/gtest.h>

namespace dialtone::rest {
namespace {

using catalogue::Operation;
using catalogue::Schema;

Operation find_operation(std::string_view id) {
  for (std::uint32_t i = 0; i < catalogue::operation_count(); ++i) {
    if (Operation(i).id() == id) return Operation(i);
  }
  throw std::logic_error("no such operation");
}

Schema message_property(std::string_view name) {
  return find_operation("FetchMessage").response().property(name)->schema();
}

TEST(Values, ThePlainestValueOfEverySchemaConforms) {
  const TimePoint now{std::chrono::seconds(1'700'000'000)};
  for (std::uint32_t i = 0; i < catalogue::operation_count(); ++i) {
    const Schema schema = Operation(i).response();
    EXPECT_TRUE(conforms(plain_value(schema, now), schema)) << Operation(i).id();
    if (schema.type() != catalogue::Type::kAny) {
      EXPECT_TRUE(conforms(filled_value(schema, now), schema)) << Operation(i).id();
    }
  }
}

TEST(Values, DatesTakeTheFormOfTheirProperty) {
  const TimePoint time{std::chrono::seconds(1'692'853'261)};
  EXPECT_EQ(date_text(message_property("date_created"), time), "Thu, 24 Aug 2023 05:01:01 +0000");
  const Schema iso = find_operation("FetchWorkspace").response().property("date_created")->schema();
  EXPECT_EQ(date_text(iso, time), "2023-08-24T05:01:01Z");
  EXPECT_EQ(from_text("2023-08-24", message_property("date_created")), json::value("Thu, 24 Aug 2023 00:00:00 +0000"));
  EXPECT_EQ(from_text("yesterday", message_property("date_created")), std::nullopt);
}

/// Any property of that type without bounds.
Schema plain_property(catalogue::Type type) {
  for (std::uint32_t i = 0; i < catalogue::operation_count(); ++i) {
    const Schema response = Operation(i).response();
    for (std::size_t p = 0; p < response.property_count(); ++p) {
      const Schema schema = response.property_at(p).schema();
      if (schema.type() == type && schema.nullable() && !schema.minimum() && !schema.maximum()) return schema;
    }
  }
  throw std::logic_error("no such property");
}

TEST(Values, TextBecomesWhatThePropertyIs) {
  const Schema integer = plain_property(catalogue::Type::kInteger);
  EXPECT_EQ(from_text("5", integer), json::value(5));
  EXPECT_EQ(from_text("5x", integer), std::nullopt);
  EXPECT_EQ(from_text("99999999999999999999", integer), std::nullopt);
  EXPECT_EQ(from_text("", integer), json::value(nullptr));
  const Schema flag = plain_property(catalogue::Type::kBoolean);
  EXPECT_EQ(from_text("true", flag), json::value(true));
  EXPECT_EQ(from_text("FALSE", flag), json::value(false));
  EXPECT_EQ(from_text("yes", flag), std::nullopt);
}

TEST(Values, NumbersThatJsonCannotSayAreNone) {
  const Schema number = plain_property(catalogue::Type::kNumber);
  EXPECT_EQ(from_text("1.5", number), json::value(1.5));
  for (const char* text : {"nan", "inf", "-inf", "infinity", "1e999"}) {
    EXPECT_EQ(from_text(text, number), std::nullopt) << text;
  }
}

TEST(Values, AnAnswerHasTheMembersOfItsSchemaInItsOrder) {
  const Schema schema = find_operation("FetchMessage").response();
  const json::object shaped = shape(
      {{"sid", "SM00000000000000000000000000000000"}, {"secret", "x"}, {"status", "no such"}}, schema, TimePoint{});
  ASSERT_EQ(shaped.size(), schema.property_count());
  std::size_t i = 0;
  for (const auto& member : shaped) EXPECT_EQ(member.key(), schema.property_at(i++).name());
  EXPECT_EQ(shaped.at("sid"), json::value("SM00000000000000000000000000000000"));
  EXPECT_FALSE(shaped.contains("secret"));
  EXPECT_TRUE(conforms(shaped.at("status"), schema.property("status")->schema()));
}

TEST(Values, MembersThatNoDocumentNamesGoAllTheWayDown) {
  const Schema schema = find_operation("CreatePortingPortIn").response();
  const json::object shaped =
      shape({{"phone_numbers", json::array{json::object{{"phone_number", "+14155550100"}, {"pin", "1234"}}}}}, schema,
            TimePoint{});
  EXPECT_FALSE(shaped.at("phone_numbers").at(0).as_object().contains("pin"));
}

}  // namespace
}  // namespace dialtone::rest
