#include "verify/access_token.hpp"

#include <gtest/gtest.h>

namespace dialtone::verify {
namespace {

rest::Account account_with(std::string auth_token) {
  rest::Account account;
  account.sid = "AC1";
  account.auth_token = std::move(auth_token);
  return account;
}

const rest::Account kOwl = account_with("secret");
const TimePoint kNow{std::chrono::seconds(1'000'000)};
const AccessToken kToken{
    .sid = "YK1", .service_sid = "VA1", .identity = "ada", .expires = kNow + std::chrono::seconds(60)};

TEST(AccessToken, OnlyItsAccountReadsIt) {
  const std::string text = seal(kOwl, kToken);
  EXPECT_EQ(account_of_token(text), "AC1");
  const auto read = unseal(kOwl, text, kNow);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sid, "YK1");
  EXPECT_EQ(read->service_sid, "VA1");
  EXPECT_EQ(read->identity, "ada");
  EXPECT_EQ(text.find("ada"), std::string::npos);
  EXPECT_FALSE(unseal(account_with("another"), text, kNow));
}

TEST(AccessToken, ItsTimeEnds) {
  const std::string text = seal(kOwl, kToken);
  EXPECT_TRUE(unseal(kOwl, text, kNow + std::chrono::seconds(59)));
  EXPECT_FALSE(unseal(kOwl, text, kNow + std::chrono::seconds(60)));
}

TEST(AccessToken, WhatWasChangedIsNone) {
  const std::string text = seal(kOwl, kToken);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    // The last letter of a part may have bits that are not used.
    if (i + 1 == text.size() || text[i + 1] == '.') continue;
    EXPECT_FALSE(unseal(kOwl, other, kNow)) << i;
  }
  for (const std::string_view bad : {"", ".", "....", "a.b.c.d.e", "a..b.c.d", "e30..AAAA.AAAA.AAAA"}) {
    EXPECT_FALSE(unseal(kOwl, bad, kNow)) << bad;
    EXPECT_EQ(account_of_token(bad), "") << bad;
  }
}

}  // namespace
}  // namespace dialtone::verify
