#include "functions/answer.hpp"

#include <gtest/gtest.h>

namespace dialtone::functions {
namespace {

using namespace std::chrono_literals;

const TimePoint kNow = parse_time("2026-10-21T07:28:00Z")->time;

std::string checked(std::string_view cookie) {
  const auto result = checked_cookie(cookie, "a.twil.io", kNow);
  return result ? *result : std::to_string(result.error().status);
}

TEST(Answer, CookiesAreForTheDomainAloneAndForADayAtMost) {
  EXPECT_EQ(checked("a=b"), "a=b; Domain=a.twil.io; HttpOnly; Secure");
  EXPECT_EQ(checked("a=b;httponly;SECURE"), "a=b; httponly; SECURE; Domain=a.twil.io");
  EXPECT_EQ(checked("a=b; domain=evil.example; Path=/x"), "a=b; Path=/x; Domain=a.twil.io; HttpOnly; Secure");
  EXPECT_EQ(checked("a=;Max-Age=0"), "a=; Max-Age=0; Domain=a.twil.io; HttpOnly; Secure");
  EXPECT_EQ(checked("a=b; Max-Age=86401"), "400");
  EXPECT_EQ(checked("a=b; Expires=Wed, 21 Oct 2026 08:28:00 GMT"),
            "a=b; Expires=Wed, 21 Oct 2026 08:28:00 GMT; Domain=a.twil.io; HttpOnly; Secure");
  EXPECT_EQ(checked("a=b; Expires=Fri, 23 Oct 2026 08:28:00 GMT"), "400");
  EXPECT_EQ(checked("a=b; Expires=Fri, 23-Oct-2026 08:28:00 GMT"), "400");
  // Max-Age says more than Expires.
  EXPECT_TRUE(checked("a=b; Max-Age=60; Expires=Fri, 23 Oct 2026 08:28:00 GMT").starts_with("a=b; Max-Age=60;"));
  EXPECT_EQ(checked("a=b; Max-Age=999999999999999999"), "400");
}

Outcome outcome(frames::Headers headers, std::string body = "") {
  return {.status = 200, .form = frames::Form::kHeaders, .headers = std::move(headers), .body = std::move(body)};
}

TEST(Answer, KeepsToTheLimits) {
  const auto status = [](Outcome given) {
    const auto result = answer_of(std::move(given), "a.twil.io", kNow);
    return result ? 200 : result.error().code * 1000 + result.error().status;
  };
  EXPECT_EQ(status(outcome({{"A", std::string(kHeaderBytesMax - 1, 'x')}})), 200);
  EXPECT_EQ(status(outcome({{"A", std::string(kHeaderBytesMax, 'x')}})), 82008431);
  EXPECT_EQ(status(outcome(frames::Headers(kHeadersMax, {"A", "b"}))), 200);
  EXPECT_EQ(status(outcome(frames::Headers(kHeadersMax + 1, {"A", "b"}))), 82008431);
  EXPECT_EQ(status(outcome({}, std::string(kResponseBytesMax, 'x'))), 200);
  EXPECT_EQ(status(outcome({}, std::string(kResponseBytesMax + 1, 'x'))), 82002500);
}

TEST(Answer, LeavesOutNamesThatAreNoFieldNames) {
  const auto result = answer_of(outcome({{"A b", "1"}, {"C:", "2"}, {"", "3"}, {"D", "4"}}), "a.twil.io", kNow);
  ASSERT_TRUE(result);
  ASSERT_EQ(result->headers.size(), 1U);
  EXPECT_EQ(result->headers[0].first, "D");
}

}  // namespace
}  // namespace dialtone::functions
