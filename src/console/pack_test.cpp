#include "console/pack.hpp"

#include <gtest/gtest.h>

#include <tuple>

namespace dialtone::console {
namespace {

TEST(Pack, FindsFilesByTheirPath) {
  const std::string bytes = "/a.js\ttext/javascript\t\"1\"\t3\n/index.html\ttext/html\t\"2\"\t2\n\nabcde";
  const Pack pack(bytes);
  ASSERT_NE(pack.find("/a.js"), nullptr);
  EXPECT_EQ(pack.find("/a.js")->gzip, "abc");
  EXPECT_EQ(pack.find("/a.js")->type, "text/javascript");
  EXPECT_EQ(pack.find("/index.html")->gzip, "de");
  EXPECT_EQ(pack.find("/index.html")->etag, "\"2\"");
  EXPECT_EQ(pack.find("/"), nullptr);
}

TEST(Pack, RefusesWhatIsDamaged) {
  for (const std::string_view bad : {"", "/a\tb\tc\t1\n", "/a\tb\tc\t5\n\nabc", "/a\tb\tc\tx\n\nabc", "/a\tb\n\nabc"})
    EXPECT_THROW(Pack{bad}, std::runtime_error) << bad;
}

TEST(Pack, TheLinkedOneHasThePage) {
  const File* index = Pack::linked().find("/index.html");
  ASSERT_NE(index, nullptr);
  EXPECT_NE(gunzip(index->gzip).find("{{nonce}}"), std::string::npos);
  EXPECT_THROW(std::ignore = gunzip("no gzip at all"), std::runtime_error);
  EXPECT_THROW(std::ignore = gunzip(index->gzip.substr(0, index->gzip.size() / 2)), std::runtime_error) << "cut short";
}

}  // namespace
}  // namespace dialtone::console
