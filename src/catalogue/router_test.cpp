#include "catalogue/router.hpp"

#include <gtest/gtest.h>

namespace dialtone::catalogue {
namespace {

class RouterTest : public testing::Test {
 protected:
  /// The template that a path leads to; empty when to none.
  std::string_view route(std::string_view host, std::string_view path) const {
    const auto match = router_.match(host, path);
    return match ? match->path.path_template() : std::string_view{};
  }
  static const Router router_;
};
const Router RouterTest::router_;

TEST_F(RouterTest, EveryTemplateLeadsToItself) {
  for (std::uint32_t i = 0; i < path_count(); ++i) {
    const Path path(i);
    if (path.operation_count() == 0) continue;
    // Placeholders are filled with what no literal is.
    std::string filled;
    for (std::string_view rest = path.path_template(); !rest.empty();) {
      const std::size_t open = std::min(rest.find('{'), rest.size());
      filled += rest.substr(0, open);
      rest.remove_prefix(open);
      if (rest.empty()) break;
      filled += "x0";
      rest.remove_prefix(rest.find('}') + 1);
    }
    const auto match = router_.match(path.host(), filled);
    ASSERT_TRUE(match) << filled;
    EXPECT_NE(std::ranges::find(match->paths, i), match->paths.end()) << path.host() << filled;
    for (std::size_t o = 0; o < path.operation_count(); ++o) {
      EXPECT_TRUE(match->operation(path.operation_at(o).method())) << filled;
    }
  }
}

TEST_F(RouterTest, ALiteralWinsOverAPlaceholder) {
  EXPECT_EQ(route("api", "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers/Local.json"),
            "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/Local.json");
  EXPECT_EQ(route("api", "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers/PN1.json"),
            "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json");
  EXPECT_EQ(route("taskrouter", "/v1/Workspaces/WS1/Workers/CumulativeStatistics"),
            "/v1/Workspaces/{WorkspaceSid}/Workers/CumulativeStatistics");
}

TEST_F(RouterTest, ABranchThatEndsNowhereIsLeftForAPlaceholder) {
  // `Local` is a literal, but under it there is no such child as a number has.
  EXPECT_EQ(route("api", "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers/Local/AssignedAddOns.json"),
            "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{ResourceSid}/AssignedAddOns.json");
}

TEST_F(RouterTest, TheExtensionOfThe2010ApiChoosesTheFormat) {
  const auto format = [](std::string_view path) { return router_.match("api", path)->format; };
  EXPECT_EQ(format("/2010-04-01/Accounts/AC1/Messages.json"), Format::kJson);
  EXPECT_EQ(format("/2010-04-01/Accounts/AC1/Messages"), Format::kXml);
  EXPECT_EQ(format("/2010-04-01/Accounts/AC1/Messages.xml"), Format::kXml);
  EXPECT_EQ(format("/2010-04-01/Accounts/AC1/Messages.csv"), Format::kCsv);
  EXPECT_EQ(format("/2010-04-01/Accounts/AC1/Messages/SM1.json"), Format::kJson);
  EXPECT_EQ(router_.match("api", "/2010-04-01/Accounts/AC1/Messages/SM1.json")->values[1], "SM1");
}

TEST_F(RouterTest, ElsewhereAnExtensionIsPartOfTheName) {
  const auto match = router_.match("sync", "/v1/Services/IS1/Documents/a.json");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->format, Format::kJson);
  EXPECT_EQ(match->values[1], "a.json");
  EXPECT_FALSE(router_.match("sync", "/v1/Services.json"));
}

TEST_F(RouterTest, AnEncodedSlashStaysInItsSegment) {
  const auto match = router_.match("sync", "/v1/Services/IS1/Documents/a%2Fb");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->values[1], "a%2Fb");
}

TEST_F(RouterTest, DocumentsThatShareAPathAreBothAsked) {
  const auto match = router_.match("content", "/v1/Content/HX1");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->paths.size(), 2U);
  EXPECT_TRUE(match->operation(Method::kGet));
  EXPECT_TRUE(match->operation(Method::kPut));  // in content_v1 only
  EXPECT_FALSE(match->operation(Method::kPatch));
}

TEST_F(RouterTest, HostilePathsLeadNowhere) {
  std::string long_path = "/v1/Services/";
  long_path.append(100'000, 'a');
  EXPECT_EQ(route("sync", long_path), "/v1/Services/{Sid}");  // long, but one segment
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "/a";
  for (const std::string& path :
       {std::string(), std::string("/"), std::string("//"), deep, std::string("/v1"), std::string("/v1/"),
        std::string("/v1/Services/"), std::string("/v1//Services"), std::string("v1\\Services"),
        std::string("/V1/Services"), std::string("/v1/services"), std::string("/v1/Services/../Services"),
        std::string("/v1/Services\0", 13), std::string("/{Sid}")}) {
    EXPECT_EQ(route("sync", path), "") << path.substr(0, 40);
  }
  EXPECT_EQ(route("nowhere", "/v1/Services"), "");
  EXPECT_EQ(route("", ""), "");
}

TEST_F(RouterTest, KnowsItsHosts) {
  EXPECT_TRUE(router_.knows_host("api"));
  EXPECT_TRUE(router_.knows_host("flex-api"));
  EXPECT_FALSE(router_.knows_host("API"));
  EXPECT_FALSE(router_.knows_host("www"));
}

}  // namespace
}  // namespace dialtone::catalogue
