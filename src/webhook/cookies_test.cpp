#include "webhook/cookies.hpp"

#include <gtest/gtest.h>

namespace dialtone::webhook {
namespace {

class CookiesTest : public ::testing::Test {
 protected:
  void SetUp() override { clock_.freeze(); }
  void advance(Duration duration) { clock_.set(clock_.now() + duration); }
  std::string after(std::initializer_list<std::string_view> cookies, std::string_view url, std::string_view next) {
    CookieJar jar(clock_);
    for (const auto cookie : cookies) jar.keep("a", *parse_url(url), cookie);
    return jar.header("a", *parse_url(next));
  }

  asio::io_context io_{1};
  Clock clock_{io_.get_executor()};
};

TEST_F(CookiesTest, GoBackToWhereTheyAreFor) {
  struct Case {
    std::string_view cookie, url, next, header;
  };
  for (const auto& [cookie, url, next, header] : {
           Case{"a=1", "https://x.example/sms/in", "https://x.example/sms/next", "a=1"},
           Case{"a=1", "https://x.example/sms/in", "https://x.example/smsbox", ""},
           Case{"a=1; Path=/", "https://x.example/sms/in", "https://x.example/other?q", "a=1"},
           Case{"a=1; Path=/sms", "https://x.example/", "https://x.example/sms/b", "a=1"},
           Case{"a=1", "https://x.example/", "https://y.x.example/", ""},
           Case{"a=1; Domain=x.example", "https://x.example/", "https://y.x.example/", "a=1"},
           Case{"a=1; Domain=.x.example", "https://y.x.example/", "https://x.example/", "a=1"},
           Case{"a=1; Domain=other.example", "https://x.example/", "https://other.example/", ""},
           Case{"a=1; Domain=example", "https://x.example/", "https://y.example/", ""},
           Case{"a=1; Domain=0.0.1", "http://127.0.0.1/", "http://127.0.0.1/", ""},
           Case{"a=1; Secure", "https://x.example/", "http://x.example/", ""},
           Case{"a=1; Secure", "https://x.example/", "https://x.example/", "a=1"},
           Case{"a=1; Max-Age=0", "https://x.example/", "https://x.example/", ""},
           Case{"a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT", "https://x.example/", "https://x.example/", ""},
           Case{"a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT; Max-Age=60", "https://x.example/", "https://x.example/",
                "a=1"},
           Case{"a", "https://x.example/", "https://x.example/", ""},
           Case{"=1", "https://x.example/", "https://x.example/", ""},
           Case{" a = b=c ; HttpOnly", "https://x.example/", "https://x.example/", "a=b=c"},
       }) {
    EXPECT_EQ(after({cookie}, url, next), header) << cookie << " from " << url << " to " << next;
  }
  EXPECT_EQ(after({"a=1; Path=/", "b=2; Path=/sms", "a=3; Path=/"}, "https://x.example/", "https://x.example/sms"),
            "b=2; a=3");
}

TEST_F(CookiesTest, BelongToTheirConversationAndEndFourHoursAfterIt) {
  CookieJar jar(clock_);
  const Url url = *parse_url("https://x.example/");
  jar.keep("a", url, "step=1");
  EXPECT_EQ(jar.header("b", url), "");
  advance(std::chrono::hours(3));
  EXPECT_EQ(jar.header("a", url), "step=1");
  advance(std::chrono::hours(3));
  EXPECT_EQ(jar.header("a", url), "step=1");
  advance(kConversationMaxAge);
  EXPECT_EQ(jar.header("a", url), "");
  EXPECT_EQ(jar.size(), 0U);
}

TEST_F(CookiesTest, TakeBoundedRoom) {
  CookieJar jar(clock_);
  const Url url = *parse_url("https://x.example/");
  for (std::size_t i = 0; i < kConversationsMax + 10; ++i) jar.keep(std::to_string(i), url, "a=1");
  EXPECT_EQ(jar.size(), kConversationsMax);
  for (std::size_t i = 0; i < kCookiesPerConversationMax + 1; ++i) jar.keep("x", url, fmt::format("c{}=1", i));
  EXPECT_EQ(std::ranges::count(jar.header("x", url), '='), kCookiesPerConversationMax);
  jar.keep("y", url, "a=" + std::string(kCookieBytesMax, 'x'));
  EXPECT_EQ(jar.header("y", url), "");
}

}  // namespace
}  // namespace dialtone::webhook
