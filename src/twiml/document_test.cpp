#include "twiml/document.hpp"

#include <gtest/gtest.h>

namespace dialtone::twiml {
namespace {

using std::chrono::seconds;

TEST(Document, ReadsVerbsAttributesAndTextInOrder) {
  const auto document = parse(R"(<?xml version="1.0" encoding="UTF-8"?>
<!-- a reply -->
<Response>
  <Message to="+14155551212" from="&quot;A&amp;B&quot;">
    <Body>Hi &amp; bye ✓ <![CDATA[<b>]]></Body>
    <Media>https://example.com/a.png</Media>
  </Message>

  <Redirect method="GET">/next?a=1&amp;b=2</Redirect>
</Response>
)");
  ASSERT_TRUE(document) << document.error().message;
  const Element& root = document->root;
  EXPECT_EQ(root.text, "");
  EXPECT_EQ(root.line, 3);
  ASSERT_EQ(root.children.size(), 2U);
  const Element& message = root.children[0];
  EXPECT_EQ(message.name, "Message");
  EXPECT_EQ(message.line, 4);
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(message.attributes, (Pairs{{"to", "+14155551212"}, {"from", "\"A&B\""}}));
  ASSERT_NE(message.child("Body"), nullptr);
  EXPECT_EQ(message.child("Body")->text, "Hi & bye ✓ <b>");
  EXPECT_EQ(message.child("body"), nullptr);
  EXPECT_EQ(root.children[1].text, "/next?a=1&b=2");
  EXPECT_EQ(root.children[1].line, 9);
}

TEST(Document, TextIsJoinedAroundComments) {
  const auto document = parse("<Response><Message>\n one <!-- two --> three\r\n</Message><Hangup/></Response>");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root.children[0].text, "one  three");
  EXPECT_TRUE(document->root.children[1].text.empty());
}

TEST(Document, AcceptsWhatXmlAllows) {
  for (const std::string_view text :
       {"<Response/>", "<Response></Response>", "  <Response/>\n", "\xEF\xBB\xBF<Response/>", "<Response a='b'/>",
        "<!DOCTYPE Response><Response/>", "<Response/><!-- end -->", "<?xml version='1.0'?><Response/>"}) {
    EXPECT_TRUE(parse(text)) << text;
  }
}

TEST(Document, RefusesTheRest) {
  struct Case {
    std::string text;
    int code;
  };
  std::string deep = "<Response>";
  for (int i = 0; i < 40; ++i) deep += "<a>";
  for (int i = 0; i < 40; ++i) deep += "</a>";
  deep += "</Response>";
  std::string wide = "<Response>";
  for (std::size_t i = 0; i <= kNodesMax; ++i) wide += "<a/>";
  wide += "</Response>";
  for (const auto& [text, code] : std::initializer_list<Case>{
           {"", 12100},
           {" \n ", 12100},
           {"Hello", 12100},
           {"{\"a\":1}", 12100},
           {"<!-- only -->", 12100},
           {"<Response>", 12100},
           {"<Response><Say>Hi</Response>", 12100},
           {"<Response></Response></Response>", 12100},
           {"<Response/><Response/>", 12100},
           {"<Response/>text", 12100},
           {"<Response a=1/>", 12100},
           {"<Response a='1' a='2'/>", 12100},
           {"<Response><Say a</Response>", 12100},
           {deep, 12100},
           {wide, 12100},
           {"<response/>", 12102},
           {"<html><body/></html>", 12102},
           {"<Response>" + std::string(kDocumentBytesMax, 'a') + "</Response>", 11750},
       }) {
    const auto document = parse(text);
    ASSERT_FALSE(document) << text.substr(0, 60);
    EXPECT_EQ(document.error().code, code) << text.substr(0, 60);
    EXPECT_EQ(document.error().status, 0);
  }
}

TEST(Document, TellsTheLineOfAnError) {
  const auto document = parse("<Response>\n<Say>\n</Play>\n</Response>");
  ASSERT_FALSE(document);
  EXPECT_NE(document.error().message.find("line 3"), std::string::npos) << document.error().message;
}

TEST(Document, KnowsNoEntitiesButXmlsOwn) {
  const auto document = parse("<Response><Say>&lt;&#65;&#x263A;&gt;</Say></Response>");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root.children[0].text, "<A☺>");
  for (const std::string_view text :
       {R"(<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><Response><Say>&a;</Say></Response>)",
        R"(<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/passwd">]><Response a="&b;"/>)",
        "<Response><Redirect>/next?a=1&b=2</Redirect></Response>", "<Response>&</Response>", "<Response>&;</Response>",
        "<Response>&amp</Response>", "<Response>&#0;</Response>", "<Response>&#xD800;</Response>",
        "<Response>&#x110000;</Response>", "<Response>&#x;</Response>", "<Response>&amp;&", "<Response>\x01</Response>",
        "<Response>\xff</Response>", "<Response a='\xc0\xaf'/>", "<Response><!-- \x02 --></Response>"}) {
    const auto refused = parse(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, 12100) << text;
  }
  EXPECT_FALSE(parse(std::string_view("<Response>a\0b</Response>", 24)));
  EXPECT_TRUE(parse("<Response><!-- & --><![CDATA[a&b]]><?x & ?></Response>"));
}

TEST(Element, ReadsTypedAttributes) {
  const auto document = parse(
      R"(<Response><V n=" 7 " big="86401" minus="-1" word="x" yes="TRUE" no="false" method="get" empty=""/></Response>)");
  ASSERT_TRUE(document);
  const Element& v = document->root.children[0];
  EXPECT_EQ(v.attribute("word"), "x");
  EXPECT_EQ(v.attribute("empty"), "");
  EXPECT_FALSE(v.attribute("Word"));
  EXPECT_EQ(v.attribute_or("none", "other"), "other");
  EXPECT_EQ(v.seconds("n", seconds(1)).value(), seconds(7));
  EXPECT_EQ(v.seconds("none", seconds(1)).value(), seconds(1));
  EXPECT_EQ(v.integer("minus", 0, -5, 5).value(), -1);
  EXPECT_TRUE(v.flag("yes", false).value());
  EXPECT_FALSE(v.flag("no", true).value());
  EXPECT_TRUE(v.flag("none", true).value());
  EXPECT_EQ(v.choice("method", "POST", {"GET", "POST"}).value(), "GET");
  EXPECT_EQ(v.choice("none", "POST", {"GET", "POST"}).value(), "POST");
  for (const std::string_view name : {"big", "minus", "word", "empty"}) {
    const auto bad = v.seconds(name, seconds(1));
    ASSERT_FALSE(bad) << name;
    EXPECT_EQ(bad.error().code, 12200);
  }
  EXPECT_FALSE(v.flag("word", true));
  EXPECT_FALSE(v.choice("word", "POST", {"GET", "POST"}));
}

}  // namespace
}  // namespace dialtone::twiml
