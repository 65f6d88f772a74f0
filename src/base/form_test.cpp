#include "base/form.hpp"

#include <gtest/gtest.h>

namespace dialtone {
namespace {

TEST(Form, EncodesAsBrowsersDo) {
  EXPECT_EQ(form_encode({}), "");
  EXPECT_EQ(form_encode({{"To", "+14155551212"}, {"Body", "Hi & bye ✓ 100%"}, {"Empty", ""}}),
            "To=%2B14155551212&Body=Hi+%26+bye+%E2%9C%93+100%25&Empty=");
  EXPECT_EQ(form_encode({{"a b", "*-._~"}, {"a b", "'()!"}}), "a+b=*-._%7E&a+b=%27%28%29%21");
}

TEST(Form, DecodesAsBrowsersDo) {
  struct Case {
    std::string_view text;
    FormPairs pairs;
  };
  for (const auto& [text, pairs] : std::initializer_list<Case>{
           {"", {}},
           {"&&", {}},
           {"a=1&b=2", {{"a", "1"}, {"b", "2"}}},
           {"a=1&a=2", {{"a", "1"}, {"a", "2"}}},
           {"a", {{"a", ""}}},
           {"=", {{"", ""}}},
           {"=x", {{"", "x"}}},
           {"a=b=c", {{"a", "b=c"}}},
           {"DateSent%3E=2008-01-02", {{"DateSent>", "2008-01-02"}}},
           {"DateSent>=2008-01-02", {{"DateSent>", "2008-01-02"}}},
           {"a=1+2%2B3", {{"a", "1 2+3"}}},
           {"a=%", {{"a", "%"}}},
           {"a=%4", {{"a", "%4"}}},
           {"a=%zz%41", {{"a", "%zzA"}}},
           {"a=%00", {{"a", std::string("\0", 1)}}},
           {"a=%e2%9c%93", {{"a", "✓"}}},
           {"a=1&", {{"a", "1"}}},
       }) {
    const auto decoded = form_decode(text);
    ASSERT_TRUE(decoded) << text;
    EXPECT_EQ(*decoded, pairs) << text;
  }
  EXPECT_EQ(percent_decode("a+b%20c"), "a+b c");
}

TEST(Form, WhatWasEncodedDecodesToItself) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  const FormPairs pairs{{every_byte, every_byte}, {"", ""}, {"x", "y"}};
  EXPECT_EQ(form_decode(form_encode(pairs)).value(), pairs);
}

TEST(Form, RefusesTooManyPairs) {
  std::string text;
  for (std::size_t i = 0; i < kFormPairsMax; ++i) text += "a=1&";
  EXPECT_TRUE(form_decode(text));
  EXPECT_FALSE(form_decode(text + "b"));
}

}  // namespace
}  // namespace dialtone
