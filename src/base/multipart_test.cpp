#include "base/multipart.hpp"

#include <gtest/gtest.h>

namespace dialtone {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=xyz";

TEST(Multipart, ReadsFieldsAndFiles) {
  const auto parts =
      parse_multipart("multipart/form-data; charset=utf-8; boundary=\"xyz\"",
                      "preamble\r\n--xyz\r\nContent-Disposition: form-data; name=\"Path\"\r\n\r\n/hello\r\n--xyz\r\n"
                      "content-disposition: form-data; name=\"Content\"; filename=\"a \\\"b\\\".js\"\r\nContent-Type: "
                      "application/javascript\r\n\r\n"
                      "line 1\r\n--xy\r\n\r\n--xyz--\r\nepilogue");
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ((*parts)[0].name, "Path");
  EXPECT_EQ((*parts)[0].body, "/hello");
  EXPECT_EQ((*parts)[0].filename, "");
  EXPECT_EQ((*parts)[1].filename, "a \"b\".js");
  EXPECT_EQ((*parts)[1].content_type, "application/javascript");
  EXPECT_EQ((*parts)[1].body, "line 1\r\n--xy\r\n");
}

TEST(Multipart, AnEmptyPartIsEmpty) {
  const auto parts = parse_multipart(kType, "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--xyz--");
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 1U);
  EXPECT_EQ((*parts)[0].body, "");
}

TEST(Multipart, RefusesWhatIsNotWhole) {
  for (const auto& [type, body] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"multipart/form-data", "--xyz--"},
           {kType, ""},
           {kType, "no boundary here"},
           {kType, "--xyz"},
           {kType, "--xyz\r\n"},
           {kType, "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nno end"},
           {kType, "--xyz\r\nContent-Disposition: form-data\r\n\r\nx\r\n--xyz--"},
           {kType, "--xyz\r\nno colon\r\n\r\nx\r\n--xyz--"},
           {kType, "--xyzw\r\n\r\n"}}) {
    const auto parts = parse_multipart(type, body);
    ASSERT_FALSE(parts) << body;
    EXPECT_EQ(parts.error().code, 20001);
  }
}

}  // namespace
}  // namespace dialtone
