#include "verify/otp.hpp"

#include <gtest/gtest.h>

namespace dialtone::verify {
namespace {

TEST(Otp, CodesAreThoseOfTheStandard) {
  // RFC 6238, appendix B.
  const std::string sha1 = "12345678901234567890";
  const std::string sha256 = "12345678901234567890123456789012";
  const std::string sha512 = "1234567890123456789012345678901234567890123456789012345678901234";
  const struct {
    std::int64_t seconds;
    std::string_view one, two, five;
  } cases[] = {{59, "94287082", "46119246", "90693936"},
               {1111111109, "07081804", "68084774", "25091201"},
               {1234567890, "89005924", "91819424", "93441116"},
               {20000000000, "65353130", "77737706", "47863826"}};
  for (const auto& each : cases) {
    const auto step = static_cast<std::uint64_t>(each.seconds / 30);
    EXPECT_EQ(totp_code(sha1, {.alg = "sha1", .code_length = 8}, step), each.one);
    EXPECT_EQ(totp_code(sha256, {.alg = "sha256", .code_length = 8}, step), each.two);
    EXPECT_EQ(totp_code(sha512, {.alg = "sha512", .code_length = 8}, step), each.five);
  }
}

TEST(Otp, ACodeIsGoodNearItsTimeAndOnce) {
  const std::string secret = "12345678901234567890";
  const TotpConfig config{};
  const TimePoint now{std::chrono::seconds(1'000'000)};
  const std::uint64_t step = 1'000'000 / 30;
  for (const std::uint64_t at : {step - 1, step, step + 1})
    EXPECT_EQ(totp_match(secret, config, totp_code(secret, config, at), now, 0), at);
  EXPECT_FALSE(totp_match(secret, config, totp_code(secret, config, step - 2), now, 0));
  EXPECT_FALSE(totp_match(secret, config, totp_code(secret, config, step + 2), now, 0));
  EXPECT_FALSE(totp_match(secret, config, totp_code(secret, config, step), now, step));
  EXPECT_FALSE(totp_match(secret, config, "", now, 0));
}

TEST(Otp, Base32GoesThereAndBack) {
  const std::pair<std::string_view, std::string_view> cases[] = {{"", ""},
                                                                 {"f", "MY"},
                                                                 {"fo", "MZXQ"},
                                                                 {"foo", "MZXW6"},
                                                                 {"foob", "MZXW6YQ"},
                                                                 {"fooba", "MZXW6YTB"},
                                                                 {"foobar", "MZXW6YTBOI"}};
  for (const auto& [plain, coded] : cases) {
    EXPECT_EQ(base32_encode(plain), coded);
    EXPECT_EQ(base32_decode(coded), plain);
  }
  EXPECT_EQ(base32_decode("mzxw 6yt boi ==="), "foobar");
  EXPECT_FALSE(base32_decode("M1"));
  EXPECT_FALSE(base32_decode("MZ-W"));
}

TEST(Otp, WhatIsNoKeyOrTokenIsRefused) {
  for (const std::string_view text : {"", "a", ".", "..", "a.b.c", "MFkw", "!!"}) {
    EXPECT_FALSE(is_p256_key(text)) << text;
    EXPECT_FALSE(is_signed(text, "x", text)) << text;
    EXPECT_FALSE(signed_payload(text, text)) << text;
  }
}

}  // namespace
}  // namespace dialtone::verify
