#include "url.hpp"

#include <gtest/gtest.h>

namespace twilio::detail {
namespace {

TEST(Url, ReadsAllItsParts) {
  auto url = parse_url("HTTP://user:p%40ss@Proxy.Example:3128/a?b#c");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "http");
  EXPECT_EQ(url->user, "user:p@ss");
  EXPECT_EQ(url->host, "proxy.example");
  EXPECT_EQ(url->port, 3128);
  EXPECT_EQ(url->target, "/a?b");
  EXPECT_EQ(parse_url("localhost:3425")->port, 3425);
  EXPECT_EQ(parse_url("https://[::1]/x")->host, "::1");
  EXPECT_EQ(parse_url("https://a?b=c")->target, "/?b=c");
}

TEST(Url, RefusesWhatIsNone) {
  for (const char* text : {"", "ftp://a", "http://", "http://a:x", "http://a:99999", "http://a:0", "http://[::1",
                           "http://a/b c", "http://a/\r\n"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(NoProxy, SparesNamesBelowAndThisMachine) {
  EXPECT_TRUE(spared_proxy("127.0.0.1", ""));
  EXPECT_TRUE(spared_proxy("localhost", ""));
  EXPECT_TRUE(spared_proxy("api.twilio.com", "example.com, .twilio.com"));
  EXPECT_TRUE(spared_proxy("api.twilio.com", "twilio.com:443"));
  EXPECT_TRUE(spared_proxy("api.twilio.com", "*"));
  EXPECT_FALSE(spared_proxy("api.nottwilio.com", "twilio.com"));
  EXPECT_FALSE(spared_proxy("api.twilio.com", ""));
}

TEST(RegionalHost, PutsEdgeAndRegionWhereTheyBelong) {
  EXPECT_EQ(regional_host("api.twilio.com", "", ""), "api.twilio.com");
  EXPECT_EQ(regional_host("api.twilio.com", "", "ie1"), "api.ie1.twilio.com");
  EXPECT_EQ(regional_host("api.twilio.com", "sydney", ""), "api.sydney.us1.twilio.com");
  EXPECT_EQ(regional_host("api.twilio.com", "sydney", "au1"), "api.sydney.au1.twilio.com");
  EXPECT_EQ(regional_host("api.dublin.ie1.twilio.com", "", "au1"), "api.dublin.au1.twilio.com");
  EXPECT_EQ(regional_host("example.org", "sydney", "au1"), "example.org");
}

}  // namespace
}  // namespace twilio::detail
