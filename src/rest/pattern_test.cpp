#include "rest/pattern.hpp"

#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "catalogue/catalogue.hpp"

namespace dialtone::rest {
namespace {

void collect(catalogue::Schema schema, std::set<std::string>& patterns, std::set<std::uint32_t>& seen) {
  if (!seen.insert(schema.index()).second) return;
  if (!schema.pattern().empty()) patterns.emplace(schema.pattern());
  for (std::size_t i = 0; i < schema.property_count(); ++i) collect(schema.property_at(i).schema(), patterns, seen);
  collect(schema.items(), patterns, seen);
  collect(schema.additional(), patterns, seen);
}

std::set<std::string> all_patterns() {
  std::set<std::string> patterns;
  std::set<std::uint32_t> seen;
  for (std::uint32_t i = 0; i < catalogue::operation_count(); ++i) {
    const catalogue::Operation operation(i);
    for (std::size_t p = 0; p < operation.parameter_count(); ++p)
      collect(operation.parameter_at(p).schema(), patterns, seen);
    collect(operation.body(), patterns, seen);
    collect(operation.response(), patterns, seen);
  }
  return patterns;
}

TEST(Pattern, EveryPatternOfTheCatalogueYieldsATextThatItMatches) {
  const auto patterns = all_patterns();
  EXPECT_GT(patterns.size(), 200U);
  for (const std::string& pattern : patterns) {
    const std::regex regex(pattern, std::regex::ECMAScript);
    for (int i = 0; i < 20; ++i) {
      const std::string text = sample_pattern(pattern);
      EXPECT_TRUE(std::regex_search(text, regex)) << pattern << " does not match " << text;
      EXPECT_TRUE(matches_pattern(text, pattern)) << pattern;
    }
  }
}

TEST(Pattern, SamplesDifferWhereThePatternLetsThem) {
  for (const char* pattern :
       {"^SM[0-9a-fA-F]{32}$", "^aia_asst_.+$", "^mem_store_[0-7][0-9a-z]{25}$", "^[a-zA-Z0-9-_ ]+$"}) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) seen.insert(sample_pattern(pattern));
    EXPECT_EQ(seen.size(), 100U) << pattern;
  }
}

TEST(Pattern, KnowsTheUsualParts) {
  EXPECT_EQ(sample_pattern("^abc$"), "abc");
  EXPECT_EQ(sample_pattern("(a|b)c"), "ac");
  EXPECT_EQ(sample_pattern("x{3}"), "xxx");
  EXPECT_EQ(sample_pattern("x{2,}"), "xx");
  EXPECT_EQ(sample_pattern("a*b"), "b");
  EXPECT_EQ(sample_pattern("a\\.b"), "a.b");
  EXPECT_EQ(sample_pattern(""), "");
}

TEST(Pattern, ABrokenPatternIsReadAsFarAsItGoes) {
  for (const char* pattern :
       {"(", "[", "[a", "a{", "a{99999999999999999999}", "\\", "(?", "(?<", "*", "|", ")", "[^", "a{2"}) {
    (void)sample_pattern(pattern);
    (void)matches_pattern("text", pattern);
  }
}

TEST(Pattern, ALongTextMatchesNothing) { EXPECT_FALSE(matches_pattern(std::string(100'000, 'a'), "^a+$")); }

}  // namespace
}  // namespace dialtone::rest
