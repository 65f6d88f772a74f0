#include "messaging/link_domains.hpp"

#include <gtest/gtest.h>

namespace dialtone::messaging {
namespace {

TEST(LinkDomains, FindTheLinksOfAText) {
  const struct {
    std::string_view text;
    std::vector<std::string_view> links;
  } cases[] = {
      {"", {}},
      {"no link, not even http or https:/x", {}},
      {"See https://example.com/a?b=c&d=1.", {"https://example.com/a?b=c&d=1"}},
      {"(http://a.example/x), then \"https://b.example/y\"!", {"http://a.example/x", "https://b.example/y"}},
      {"http://https://a.example", {"http://https://a.example"}},
      {"https:// alone and http://", {}},
      {"two\nhttps://a.example/1\thttps://a.example/2", {"https://a.example/1", "https://a.example/2"}},
      {"shttp://x.example", {"http://x.example"}},
  };
  for (const auto& each : cases) EXPECT_EQ(links_in(each.text), each.links) << each.text;
}

TEST(LinkDomains, TakeNoMoreLinksThanAMessageMayHave) {
  std::string text;
  for (std::size_t i = 0; i < 3 * kLinksMax; ++i) text += "http://a ";
  EXPECT_EQ(links_in(text).size(), kLinksMax);
}

}  // namespace
}  // namespace dialtone::messaging
