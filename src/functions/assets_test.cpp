#include "functions/assets.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "functions/testing.hpp"

namespace dialtone::functions {
namespace {

using testing::header;

class Assets : public ::testing::Test {
 protected:
  Assets() {
    std::string name = (std::filesystem::temp_directory_path() / "dialtone-assets-XXXXXX").string();
    bundle_.folder = ::mkdtemp(name.data());
    std::ofstream(bundle_.folder + "/a") << "0123456789";
    std::ofstream(bundle_.folder + "/empty");
    route_.file = "a";
    route_.version_sid = "ZN1";
    route_.content_type = "text/css";
  }
  ~Assets() override { std::filesystem::remove_all(bundle_.folder); }

  net::Response get(const std::vector<std::pair<std::string, std::string>>& headers = {}) {
    net::Request request;
    request.method = "GET";
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    return serve_asset(request, bundle_, route_);
  }

  Bundle bundle_;
  Route route_;
};

TEST_F(Assets, HaveTheirTypeAndATag) {
  const auto answer = get();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "0123456789");
  EXPECT_EQ(header(answer, "Content-Type"), "text/css");
  EXPECT_EQ(header(answer, "ETag"), "\"ZN1\"");
  EXPECT_EQ(header(answer, "Cache-Control"), "public, max-age=0, must-revalidate");
  EXPECT_EQ(header(answer, "Accept-Ranges"), "bytes");
}

TEST_F(Assets, AreNotSentToWhoHasThem) {
  const auto modified = header(get(), "Last-Modified");
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"If-None-Match", "\"ZN1\""},
                                                        {"If-None-Match", "\"x\", W/\"ZN1\""},
                                                        {"If-None-Match", "*"},
                                                        {"If-Modified-Since", modified}}) {
    const auto answer = get({{name, value}});
    EXPECT_EQ(answer.status, 304) << value;
    EXPECT_TRUE(answer.body.empty());
  }
  EXPECT_EQ(get({{"If-None-Match", "\"ZN2\""}, {"If-Modified-Since", modified}}).status, 200);
}

TEST_F(Assets, AreSentInParts) {
  struct Row {
    std::string range;
    int status;
    std::string body;
    std::string content_range;
  };
  for (const auto& row : std::vector<Row>{{"bytes=0-3", 206, "0123", "bytes 0-3/10"},
                                          {"bytes=8-", 206, "89", "bytes 8-9/10"},
                                          {"bytes=8-100", 206, "89", "bytes 8-9/10"},
                                          {"bytes=-3", 206, "789", "bytes 7-9/10"},
                                          {"bytes=-30", 206, "0123456789", "bytes 0-9/10"},
                                          {"bytes=10-", 416, "", "bytes */10"},
                                          {"bytes=-0", 416, "", "bytes */10"},
                                          {"bytes=3-2", 200, "0123456789", ""},
                                          {"bytes=0-1,3-4", 200, "0123456789", ""},
                                          {"lines=0-1", 200, "0123456789", ""},
                                          {"bytes=a-b", 200, "0123456789", ""},
                                          {"bytes=99999999999999999999-", 200, "0123456789", ""}}) {
    const auto answer = get({{"Range", row.range}});
    EXPECT_EQ(answer.status, row.status) << row.range;
    EXPECT_EQ(answer.body, row.body) << row.range;
    EXPECT_EQ(header(answer, "Content-Range"), row.content_range) << row.range;
  }
  EXPECT_EQ(get({{"Range", "bytes=0-3"}, {"If-Range", "\"ZN1\""}}).status, 206);
  EXPECT_EQ(get({{"Range", "bytes=0-3"}, {"If-Range", "\"ZN0\""}}).status, 200);
}

TEST_F(Assets, MayBeEmptyOrGone) {
  route_.file = "empty";
  EXPECT_EQ(get().status, 200);
  EXPECT_EQ(get({{"Range", "bytes=0-"}}).status, 416);
  route_.file = "gone";
  EXPECT_EQ(get().status, 404);
  route_.file = ".";
  EXPECT_EQ(get().status, 404);
}

}  // namespace
}  // namespace dialtone::functions
