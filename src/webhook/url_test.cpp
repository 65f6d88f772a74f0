#include "webhook/url.hpp"

#include <gtest/gtest.h>

namespace dialtone::webhook {
namespace {

using std::chrono::milliseconds;

TEST(Url, ParsesWhatItsOwnerWrote) {
  struct Case {
    std::string_view text, host, authority, target, signed_text;
    int port;
  };
  for (const auto& c : std::initializer_list<Case>{
           {"http://example.com", "example.com", "example.com", "/", "http://example.com/", 80},
           {"HTTPS://Example.com/a%20b?x=1&y#z", "example.com", "Example.com", "/a%20b?x=1&y",
            "https://Example.com/a%20b?x=1&y", 443},
           {"https://me:s%40crt@h.example:8443/p?q=@", "h.example", "h.example:8443", "/p?q=@",
            "https://h.example:8443/p?q=@", 8443},
           {"http://h:/x", "h", "h", "/x", "http://h/x", 80},
           {"http://h?q", "h", "h", "/?q", "http://h/?q", 80},
           {"http://[::1]:80/x", "::1", "[::1]:80", "/x", "http://[::1]:80/x", 80},
           {"http://127.0.0.1/a b/é\"", "127.0.0.1", "127.0.0.1", "/a%20b/%C3%A9%22",
            "http://127.0.0.1/a%20b/%C3%A9%22", 80},
           {"http://a_b.c/%zz", "a_b.c", "a_b.c", "/%zz", "http://a_b.c/%zz", 80},
       }) {
    const auto url = parse_url(c.text);
    ASSERT_TRUE(url) << c.text;
    EXPECT_EQ(url->host, c.host);
    EXPECT_EQ(url->authority, c.authority);
    EXPECT_EQ(url->target, c.target);
    EXPECT_EQ(url->port, c.port);
    EXPECT_EQ(url->text(), c.signed_text);
  }
  const auto url = parse_url("https://me:s%40c%3At@h.example/");
  EXPECT_EQ(url->user, "me");
  EXPECT_EQ(url->password, "s@c:t");
}

TEST(Url, RefusesTheRest) {
  for (const std::string_view text : {"",
                                      "/path",
                                      "example.com",
                                      "ftp://example.com/",
                                      "http:",
                                      "http:/x",
                                      "http://",
                                      "http:///x",
                                      "http://:80/",
                                      "http://a b/",
                                      "http://h:port/",
                                      "http://h:0/",
                                      "http://h:65536/",
                                      "http://h:80:80/",
                                      "http://[::1",
                                      "http://[]/",
                                      "http://[::1]x/",
                                      "http://a..b/",
                                      "http://h\r\nX: y/",
                                      "://h/",
                                      "1http://h/",
                                      "javascript:alert(1)",
                                      "http://ex%61mple.com/"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, 11100);
  }
  EXPECT_FALSE(parse_url("http://h/" + std::string(kUrlBytesMax, 'a')));
}

TEST(Url, NeverLetsAHeaderIntoTheRequestLine) {
  const auto url = parse_url("http://h/a\r\nX: y?b\n");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->target, "/a%0D%0AX:%20y?b%0A");
}

TEST(Url, ReadsConnectionOptionsFromTheFragment) {
  struct Case {
    std::string_view fragment;
    ConnectionOptions options;
  };
  for (const auto& [fragment, options] : std::initializer_list<Case>{
           {"", {}},
           {"chapter-2", {}},
           {"ct=2000&rc=2&rp=all",
            {.connect_timeout = milliseconds(2000),
             .retries = 2,
             .retry_policy =
                 {.client_error = true, .server_error = true, .connect_timeout = true, .read_timeout = true}}},
           {"ct=1&rt=99999&tt=0&rc=9",
            {.connect_timeout = milliseconds(100),
             .read_timeout = milliseconds(15000),
             .total_timeout = milliseconds(100),
             .retries = 5}},
           {"ct=abc&rc=", {}},
           {"sni=n&e=ashburn,dublin-ix", {.verify_name = false}},
           {"rp=4xx,5xx", {.retry_policy = {.client_error = true, .server_error = true, .connect_timeout = false}}},
           {"rp=rt", {.retry_policy = {.connect_timeout = false, .read_timeout = true}}},
       }) {
    const auto url = parse_url("https://h/p#" + std::string(fragment));
    ASSERT_TRUE(url) << fragment;
    EXPECT_EQ(url->options, options) << fragment;
    EXPECT_EQ(url->text(), "https://h/p");
  }
  EXPECT_EQ(parse_url("http://h/#rp=6xx").error().code, 11243);
  EXPECT_EQ(parse_url("http://h/#rp=").error().code, 11243);
  EXPECT_EQ(parse_url("http://h/#e=moon").error().code, 11240);
}

TEST(Url, ResolvesReferences) {
  const std::string_view base = "https://u:p@h.example:8443/a/b/c?d=e#ct=100";
  struct Case {
    std::string_view reference, result;
  };
  for (const auto& [reference, result] : std::initializer_list<Case>{
           {"/next", "https://u:p@h.example:8443/next"},
           {"next?x=1#rc=1", "https://u:p@h.example:8443/a/b/next?x=1#rc=1"},
           {"./x", "https://u:p@h.example:8443/a/b/x"},
           {"../x", "https://u:p@h.example:8443/a/x"},
           {"../../../../x", "https://u:p@h.example:8443/x"},
           {"..", "https://u:p@h.example:8443/a/"},
           {".", "https://u:p@h.example:8443/a/b/"},
           {"a/./b/../c", "https://u:p@h.example:8443/a/b/a/c"},
           {"?y", "https://u:p@h.example:8443/a/b/c?y"},
           {"", "https://u:p@h.example:8443/a/b/c?d=e"},
           {"#f", "https://u:p@h.example:8443/a/b/c?d=e#f"},
           {"//other.example/x", "https://other.example/x"},
           {"http://other.example", "http://other.example"},
           {"x:y", ""},
           {"http:x", ""},
           {"ftp://h/", ""},
       }) {
    const auto resolved = resolve_url(base, reference);
    EXPECT_EQ(resolved.value_or(""), result) << reference;
  }
  EXPECT_EQ(resolve_url("http://h", "x").value(), "http://h/x");
  EXPECT_FALSE(resolve_url("no base", "/x"));
}

TEST(Url, AddsToTheQuery) {
  EXPECT_EQ(with_query("http://h/p#f", "a=1"), "http://h/p?a=1#f");
  EXPECT_EQ(with_query("http://h/p?b#f", "a=1"), "http://h/p?b&a=1#f");
  EXPECT_EQ(with_query("http://h/p?", "a=1"), "http://h/p?a=1");
  EXPECT_EQ(with_query("http://h/p?b&", "a=1"), "http://h/p?b&a=1");
  EXPECT_EQ(with_query("http://h/p", ""), "http://h/p");
}

}  // namespace
}  // namespace dialtone::webhook
