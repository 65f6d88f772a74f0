#include "console/sessions.hpp"

#include <gtest/gtest.h>

namespace dialtone::console {
namespace {

const Sessions::Time kNow{std::chrono::hours(100)};

TEST(Sessions, AreFoundByTheirSecretOnly) {
  Sessions sessions;
  const std::string secret = sessions.open("AC1", false, kNow);
  ASSERT_NE(sessions.find(secret, kNow), nullptr);
  EXPECT_EQ(sessions.find(secret, kNow)->account_sid, "AC1");
  EXPECT_NE(sessions.find(secret, kNow)->csrf, secret);
  EXPECT_EQ(sessions.find(secret + "0", kNow), nullptr);
  EXPECT_EQ(sessions.find("", kNow), nullptr);
  sessions.close(secret);
  EXPECT_EQ(sessions.find(secret, kNow), nullptr);
}

TEST(Sessions, EndWhenUnusedForLong) {
  Sessions sessions;
  const std::string secret = sessions.open("AC1", false, kNow);
  EXPECT_NE(sessions.find(secret, kNow + kSessionIdleMax), nullptr);
  EXPECT_NE(sessions.find(secret, kNow + 2 * kSessionIdleMax), nullptr) << "use keeps it";
  EXPECT_EQ(sessions.find(secret, kNow + 4 * kSessionIdleMax), nullptr);
}

TEST(Sessions, TheOneLongestUnusedGivesWay) {
  Sessions sessions;
  const std::string first = sessions.open("AC1", false, kNow);
  std::string last;
  for (std::size_t i = 0; i < kSessionsMax; ++i)
    last = sessions.open("AC1", false, kNow + std::chrono::milliseconds(i + 1));
  EXPECT_EQ(sessions.find(first, kNow + std::chrono::seconds(2)), nullptr);
  EXPECT_NE(sessions.find(last, kNow + std::chrono::seconds(2)), nullptr);
}

TEST(Sessions, AnAddressThatFailsOftenMustWait) {
  Sessions sessions;
  for (int i = 0; i < kAttemptsMax; ++i) {
    EXPECT_FALSE(sessions.wait_of("10.0.0.1", kNow));
    sessions.failed("10.0.0.1", kNow);
  }
  EXPECT_EQ(sessions.wait_of("10.0.0.1", kNow), kAttemptsWindow);
  EXPECT_FALSE(sessions.wait_of("10.0.0.2", kNow)) << "others may try";
  EXPECT_FALSE(sessions.wait_of("10.0.0.1", kNow + kAttemptsWindow));
}

TEST(Sessions, RemembersOnlySoManyAddresses) {
  Sessions sessions;
  for (std::size_t i = 0; i < kAddressesMax + 10; ++i) sessions.failed(std::to_string(i), kNow);
  EXPECT_FALSE(sessions.wait_of("0", kNow));
}

}  // namespace
}  // namespace dialtone::console
