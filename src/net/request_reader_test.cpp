#include "net/request_reader.hpp"

#include <gtest/gtest.h>

#include "net/sse.hpp"

namespace dialtone::net {
namespace {

TEST(Authority, ReadsHostsAndPorts) {
  const std::pair<std::string_view, std::optional<Authority>> cases[] = {
      {"a.b", Authority{"a.b", {}}},
      {"A.b:80", Authority{"a.b", 80}},
      {"a:", Authority{"a", {}}},
      {"[::1]:443", Authority{"::1", 443}},
      {"127.0.0.1:1", Authority{"127.0.0.1", 1}},
      {"", Authority{"", {}}},
      {"a:0", std::nullopt},
      {"a:65536", std::nullopt},
      {"a:b", std::nullopt},
      {"a:+1", std::nullopt},
      {"u@a", std::nullopt},
      {"a/b", std::nullopt},
      {"a b", std::nullopt},
      {"a%2fb", std::nullopt},
      {"[::1", std::nullopt},
      {"a\nb", std::nullopt},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(parse_authority(text), expected) << text;
}

TEST(Authority, SplitsAbsoluteTargets) {
  const auto target = parse_absolute_target("HTTPS://Host:8443/p?q=http://x/");
  ASSERT_TRUE(target);
  EXPECT_TRUE(target->https);
  EXPECT_EQ(target->authority, (Authority{"host", 8443}));
  EXPECT_EQ(target->origin, "/p?q=http://x/");
  EXPECT_EQ(parse_absolute_target("http://h")->origin, "/");
  EXPECT_EQ(parse_absolute_target("http://h?q")->origin, "/?q");
  for (const auto* bad : {"", "http:/h", "http://", "http:///p", "ftp://h/", "://h", "http://u@h/"}) {
    EXPECT_FALSE(parse_absolute_target(bad)) << bad;
  }
}

TEST(RequestReader, FindsHeadersByNameOfAnyCase) {
  Request request;
  RequestReader reader(request, {.header_bytes_max = 1000, .header_count_max = 10, .body_bytes_max = 10});
  for (int i = 0; i < 2; ++i) {
    std::string_view input = "GET / HTTP/1.1\r\nHost: h\r\nX-Two:  b \r\nX-Two: c\r\n\r\nrest";
    reader.begin(true);
    EXPECT_EQ(reader.read(input), RequestReader::Progress::kHead);
    EXPECT_EQ(reader.read(input), RequestReader::Progress::kDone);
    EXPECT_EQ(input, "rest");
    EXPECT_EQ(request.header("x-tWO"), "b");
    EXPECT_EQ(request.header("X-Tw"), "");
    EXPECT_EQ(request.headers.size(), 3U);
    EXPECT_EQ(request.headers.at(2).second, "c");
    EXPECT_EQ(request.host_port, 443);
  }
}

TEST(Sse, WritesOneFieldForEachLine) {
  EXPECT_EQ(sse({.id = "7", .event = "message", .data = "a\nb\r\nc\rd"}),
            "id: 7\nevent: message\ndata: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(sse({.data = ""}), "data: \n\n");
  EXPECT_EQ(sse({.id = "1\n2", .event = "x\ry", .data = "z\n"}), "id: 1 2\nevent: x y\ndata: z\ndata: \n\n");
}

}  // namespace
}  // namespace dialtone::net
