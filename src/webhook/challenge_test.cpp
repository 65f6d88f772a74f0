#include "webhook/challenge.hpp"

#include <gtest/gtest.h>

namespace dialtone::webhook {
namespace {

std::string answer_to(std::string_view value, std::string_view nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ") {
  const auto challenges = parse_challenges(value);
  return answer(challenges, {"Mufasa", "Circle of Life"}, {"GET", "/dir/index.html", nonce}).value_or("none");
}

TEST(Challenge, ReadsSeveralInOneHeader) {
  const auto challenges =
      parse_challenges(R"(Basic realm="a, \"b\"", charset=UTF-8 ,, Digest nonce="x" , qop="auth,auth-int",Odd)");
  ASSERT_EQ(challenges.size(), 3U);
  EXPECT_EQ(challenges[0].scheme, "basic");
  EXPECT_EQ(challenges[0].parameter("realm"), "a, \"b\"");
  EXPECT_EQ(challenges[0].parameter("charset"), "UTF-8");
  EXPECT_EQ(challenges[1].parameter("qop"), "auth,auth-int");
  EXPECT_EQ(challenges[1].parameter("none"), "");
  EXPECT_EQ(challenges[2].scheme, "odd");
}

TEST(Challenge, AnswersBasic) {
  EXPECT_EQ(answer_to("Basic realm=\"x\""), "Basic TXVmYXNhOkNpcmNsZSBvZiBMaWZl");
  EXPECT_EQ(answer_to("basic"), "Basic TXVmYXNhOkNpcmNsZSBvZiBMaWZl");
}

TEST(Challenge, AnswersTheExamplesOfRfc7616) {
  const std::string common =
      R"(qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")";
  const auto md5 = answer_to(R"(Basic realm="x", Digest realm="http-auth@example.org", algorithm=MD5, )" + common);
  EXPECT_NE(md5.find("response=\"8ca523f5e9506fed4657c9700eebdbec\""), std::string::npos) << md5;
  EXPECT_NE(md5.find("algorithm=MD5"), std::string::npos);
  EXPECT_NE(md5.find("opaque=\"FQhe/"), std::string::npos);
  const auto sha = answer_to(R"(Digest realm="http-auth@example.org", algorithm=SHA-256, )" + common);
  EXPECT_NE(sha.find("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""),
            std::string::npos)
      << sha;
}

TEST(Challenge, AnswersTheOldFormWithoutQop) {
  const auto old = answer_to(R"(Digest realm="r", nonce="n")");
  EXPECT_EQ(old.find("qop"), std::string::npos);
  EXPECT_EQ(old.find("cnonce"), std::string::npos);
  EXPECT_TRUE(old.starts_with(R"(Digest username="Mufasa", realm="r", nonce="n", uri="/dir/index.html", response=")"));
}

TEST(Challenge, LeavesWhatItCannotAnswer) {
  for (const std::string_view value : {"", ",", "Bearer", "=", "\"", "Digest realm=\"r",
                                       "Digest algorithm=SHA-512, nonce=x", "Digest qop=auth-int, nonce=x"}) {
    EXPECT_EQ(answer_to(value), "none") << value;
  }
  EXPECT_LE(parse_challenges("a,b,c,d,e,f,g,h,i,j,k,l,m,n").size(), kChallengesMax);
  const auto injected = answer_to("Digest realm=\"a\r\nX: y\", nonce=z");
  EXPECT_EQ(injected.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace dialtone::webhook
