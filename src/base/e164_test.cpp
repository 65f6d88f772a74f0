#include "base/e164.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace dialtone {
namespace {

TEST(E164, ReadsWhatTwilioReads) {
  struct Case {
    std::string_view text, region, number;
  };
  for (const auto& [text, region, number] : std::initializer_list<Case>{
           {"+14155551212", "US", "+14155551212"},
           {"+15005550006", "US", "+15005550006"},  // Twilio's test numbers are possible, if not all valid
           {"+15551234567", "US", "+15551234567"},
           {"+10005550000", "US", "+10005550000"},
           {"4155551212", "US", "+14155551212"},
           {"14155551212", "US", "+14155551212"},
           {"(415) 555-1212", "US", "+14155551212"},
           {"+1 (415) 555.1212", "US", "+14155551212"},
           {"011 44 20 7946 0000", "US", "+442079460000"},
           {"+442079460000", "US", "+442079460000"},
           {"020 7946 0000", "GB", "+442079460000"},
           {"00 1 415 555 1212", "GB", "+14155551212"},
           {"+447700900123", "US", "+447700900123"},
           {"+390612345678", "US", "+390612345678"},
           {"+80012345678", "US", "+80012345678"},
           {"+4915123456789", "US", "+4915123456789"},
       }) {
    for (int i = 0; i < 2; ++i) {  // the second answer comes from the cache
      const auto parsed = E164::parse(text, region);
      ASSERT_TRUE(parsed) << text;
      EXPECT_EQ(parsed->text(), number) << text;
    }
  }
}

TEST(E164, RefusesTheRest) {
  for (const std::string_view text : {"",
                                      "+",
                                      "+1",
                                      "+1555",
                                      "+15551234",
                                      "555-1212",
                                      "+999123456789",
                                      "+1415555121212",
                                      "0014155551212",
                                      "abc",
                                      "+1415555121a",
                                      "1-800-FLOWERS",
                                      "tel:+14155551212",
                                      "++14155551212",
                                      "4155551212+",
                                      "+14155551212;ext=5",
                                      "+1234567890123456",
                                      "client:alice",
                                      "011 44 00382268216",
                                      "+１４１５５５５１２１２",
                                      "+1\0004155551212",
                                      "                                          +14155551212"}) {
    const auto parsed = E164::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, 21401);
  }
  EXPECT_FALSE(E164::parse("4155551212", ""));
  EXPECT_FALSE(E164::parse("4155551212", "QQ"));
}

TEST(E164, TheRegionIsPartOfTheCachedAnswer) {
  EXPECT_EQ(E164::parse("2079460000", "US")->text(), "+12079460000");
  EXPECT_EQ(E164::parse("2079460000", "GB")->text(), "+442079460000");
  EXPECT_EQ(E164::parse("2079460000", "US")->text(), "+12079460000");
}

TEST(E164, KnowsCountryAndKind) {
  struct Case {
    std::string_view number, country, national;
    int calling_code;
    LineType type;
  };
  for (const auto& c : std::initializer_list<Case>{
           {"+14155551212", "US", "(415) 555-1212", 1, LineType::kLandlineOrMobile},
           {"+15551234567", "US", "(555) 123-4567", 1, LineType::kUnknown},
           {"+16045551212", "CA", "(604) 555-1212", 1, LineType::kLandlineOrMobile},
           {"+18768001234", "JM", "(876) 800-1234", 1, LineType::kMobile},
           {"+18005551212", "US", "(800) 555-1212", 1, LineType::kTollFree},
           {"+19002345678", "US", "(900) 234-5678", 1, LineType::kPremium},
           {"+442079460000", "GB", "020 7946 0000", 44, LineType::kLandline},
           {"+447400123456", "GB", "07400 123456", 44, LineType::kMobile},
           {"+390612345678", "IT", "06 1234 5678", 39, LineType::kLandline},
           {"+80012345678", "", "1234 5678", 800, LineType::kTollFree},
       }) {
    const auto number = E164::parse(c.number);
    ASSERT_TRUE(number) << c.number;
    EXPECT_EQ(number->country(), c.country) << c.number;
    EXPECT_EQ(number->national_format(), c.national);
    EXPECT_EQ(number->calling_code(), c.calling_code);
    EXPECT_EQ(number->line_type(), c.type) << c.number;
    EXPECT_EQ(number->is_us_or_canada(), c.country == "US" || c.country == "CA");
    EXPECT_EQ(number->is_toll_free(), c.type == LineType::kTollFree);
    EXPECT_EQ(number->is_premium_rate(), c.type == LineType::kPremium);
    EXPECT_EQ(number->is_landline(), c.type == LineType::kLandline);
  }
  EXPECT_TRUE(E164::parse("+14155551212")->is_mobile_or_unknown());
  EXPECT_TRUE(E164::parse("+15551234567")->is_mobile_or_unknown());
  EXPECT_FALSE(E164::parse("+442079460000")->is_mobile_or_unknown());
}

TEST(E164, ComparesByText) {
  EXPECT_EQ(*E164::parse("4155551212"), *E164::parse("+1 415 555 1212"));
  EXPECT_LT(*E164::parse("+14155551212"), *E164::parse("+442079460000"));
}

TEST(E164, SeenNumbersAreFast) {
  (void)E164::parse("+447700900123");
  constexpr int kRounds = 20000;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kRounds; ++i) ASSERT_TRUE(E164::parse("+447700900123"));
  const auto each = (std::chrono::steady_clock::now() - start) / kRounds;
  EXPECT_LT(each, std::chrono::microseconds(10));  // 50 ns in a release build; the bound only proves the cache is used
}

TEST(ShortCode, IsThreeToEightDigits) {
  for (const std::string_view text : {"123", "12345", "894546", "12345678"}) EXPECT_TRUE(is_short_code(text)) << text;
  for (const std::string_view text : {"", "12", "123456789", "+12345", "12a45", " 12345"})
    EXPECT_FALSE(is_short_code(text)) << text;
}

TEST(AlphanumericSender, NeedsALetterAndFitsElevenCharacters) {
  for (const std::string_view text : {"A", "Dialtone", "AT&T", "my-shop_1", "Hello World", "+1a"})
    EXPECT_TRUE(is_alphanumeric_sender(text)) << text;
  for (const std::string_view text : {"", "12345", "Hello Worlds", "naïve", "a.b", "+1", "   "})
    EXPECT_FALSE(is_alphanumeric_sender(text)) << text;
}

}  // namespace
}  // namespace dialtone
