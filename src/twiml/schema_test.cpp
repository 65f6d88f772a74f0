#include "twiml/schema.hpp"

#include <gtest/gtest.h>

namespace dialtone::twiml {
namespace {

const std::vector<std::string_view> kVerbs{"Message", "Redirect"};
const std::vector<ElementRule> kRules{
    {.name = "Message", .attributes = {"to", "from"}, .children = {"Body", "Media"}},
    {.name = "Body"},
    {.name = "Media"},
    {.name = "Redirect", .attributes = {"method"}},
    {.name = "Parameter", .any_attribute = true},
};

std::vector<std::string> warnings_of(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& [line, warning] : check(parse(text).value(), kVerbs, kRules)) {
    out.push_back(std::to_string(line) + ": " + warning);
  }
  return out;
}

TEST(Schema, IsSilentAboutKnownDocuments) {
  EXPECT_TRUE(warnings_of("<Response><Message to='a'><Body>x</Body></Message><Redirect/></Response>").empty());
}

TEST(Schema, WarnsOfUnknownVerbsAndAttributesInOrder) {
  EXPECT_EQ(
      warnings_of("<Response>\n<Message too='a'>\n<Body b='1'/></Message>\n<Dial><Odd/></Dial><Body/></Response>"),
      (std::vector<std::string>{
          "2: Attribute 'too' is not allowed in <Message>.", "3: Attribute 'b' is not allowed in <Body>.",
          "4: Element <Dial> is not allowed in <Response>.", "4: Element <Body> is not allowed in <Response>."}));
}

TEST(Schema, StopsAfterEnoughWarnings) {
  std::string text = "<Response>";
  for (int i = 0; i < 100; ++i) text += "<Odd/>";
  EXPECT_EQ(warnings_of(text + "</Response>").size(), kWarningsMax);
}

}  // namespace
}  // namespace dialtone::twiml
