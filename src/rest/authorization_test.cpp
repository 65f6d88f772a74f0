#include "rest/authorization.hpp"

#include <gtest/gtest.h>

#include "base/base64.hpp"

namespace dialtone::rest {
namespace {

TEST(Authorization, ReadsUserAndPassword) {
  const auto read = parse_authorization("Basic " + base64_encode("AC1:secret"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->user, "AC1");
  EXPECT_EQ(read->password, "secret");
}

TEST(Authorization, TheSchemeHasAnyCaseAndThePasswordMayHoldColons) {
  const auto read = parse_authorization("bASIC   " + base64_encode("AC1:a:b:"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->password, "a:b:");
}

TEST(Authorization, SaysWhatIsWrongInTwiliosWords) {
  const auto message = [](std::string_view header) { return parse_authorization(header).error().message; };
  EXPECT_EQ(message(""), "Authentication Error - No credentials provided");
  EXPECT_EQ(message("Bearer abc"), "Authentication Error - invalid username");
  EXPECT_EQ(message("Basic"), "Authentication Error - invalid username");
  EXPECT_EQ(message("Basic !!!!"), "Authenticate");
  EXPECT_EQ(message("Basic " + base64_encode("no colon")), "Authenticate");
  EXPECT_EQ(message("Basic "), "Authenticate");
  EXPECT_EQ(message("Basic " + base64_encode(std::string(10'000, 'a') + ":b")),
            "Authentication Error - invalid username");
  EXPECT_EQ(parse_authorization("").error().status, 401);
  EXPECT_EQ(parse_authorization("").error().code, 20003);
}

}  // namespace
}  // namespace dialtone::rest
