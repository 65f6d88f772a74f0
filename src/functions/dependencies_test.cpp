#include "functions/dependencies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dialtone::functions {
namespace {

using ::testing::ElementsAre;

TEST(Dependencies, AreReadWithAndWithoutTheToolkitsQuotes) {
  const std::string plain = R"([{"name":"left-pad","version":"1.3.0"},{"name":"@a/b","version":""}])";
  for (const std::string& text : {plain, "\"" + plain + "\""}) {
    const auto all = parse_dependencies(text);
    ASSERT_TRUE(all) << all.error().message;
    EXPECT_THAT(*all, ElementsAre(Dependency{"left-pad", "1.3.0"}, Dependency{"@a/b", "*"}));
  }
  EXPECT_TRUE(parse_dependencies("").value().empty());
  EXPECT_TRUE(parse_dependencies("\"\"").value().empty());
  EXPECT_TRUE(parse_dependencies("[]").value().empty());
}

TEST(Dependencies, NameNoPlaceOfThisMachineOrElsewhere) {
  for (const char* version :
       {"file:/etc", "../x", "git+https://x/y", "npm:other@1", "http://x/y.tgz", "user/repo", "~/x", "$(id)", "`id`"}) {
    EXPECT_FALSE(parse_dependencies(std::string(R"([{"name":"x","version":")") + version + "\"}]")) << version;
  }
  for (const char* name : {"", "..", "../x", "a/b", "@a", "@a/", "@/a", "a b", "x@1", ".hidden", "--prefix=/"}) {
    EXPECT_FALSE(parse_dependencies(std::string(R"([{"name":")") + name + R"(","version":"1.0.0"}])")) << name;
  }
  for (const char* text :
       {"x", "{}", "[1]", "[{\"name\":\"a\",\"version\":\"1\"},{\"name\":\"a\",\"version\":\"2\"}]", "\""}) {
    EXPECT_FALSE(parse_dependencies(text)) << text;
  }
}

TEST(Dependencies, TakeRangesAndTags) {
  for (const char* version :
       {"^1.2.3", "~1.2", "*", "latest", ">=1.0.0 <2.0.0", "1.x || 2.x", "1.0.0-beta.1", "=1.2.3"}) {
    EXPECT_TRUE(parse_dependencies(std::string(R"([{"name":"x","version":")") + version + "\"}]")) << version;
  }
}

TEST(Dependencies, KnowAnExactVersion) {
  for (const char* version : {"1.2.3", "10.0.0", "1.2.3-beta.1", "1.2.3+build"}) EXPECT_TRUE(is_exact_version(version));
  for (const char* version :
       {"", "1", "1.2", "^1.2.3", "1.2.x", "latest", "1.2.3 || 2.0.0", "1.2.3-", "1..3", "1.2.3.4"}) {
    EXPECT_FALSE(is_exact_version(version)) << version;
  }
}

TEST(Dependencies, TheDefaultOnesAreAddedAndNeedNoInstallation) {
  std::vector<Dependency> all{{"lodash", "4.17.21"}, {"twilio", "*"}};
  add_defaults(all);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[2].name, "@twilio/runtime-handler");
  EXPECT_THAT(to_install(all), ElementsAre(Dependency{"lodash", "4.17.21"}));
  EXPECT_THAT(to_install({{"twilio", "3.0.0"}}), ElementsAre(Dependency{"twilio", "3.0.0"}));
  EXPECT_TRUE(check_handler(all));
  EXPECT_EQ(check_handler({{"@twilio/runtime-handler", "^2.0.0"}}).error().code, 82003);
}

}  // namespace
}  // namespace dialtone::functions
