#include "bins/template.hpp"

#include <gtest/gtest.h>

namespace dialtone::bins {
namespace {

const FormPairs kParams{{"From", "+15558675310"},
                        {"Body", "1 < 2 & \"so\""},
                        {"Dest[]", "+1202"},
                        {"Dest[]", "+1703"},
                        {"Empty", ""},
                        {"Sip", "sip:+14155551212@example.com"}};

TEST(Template, PutsParametersInEscapedForXml) {
  EXPECT_EQ(render("<Message>{{From}}: {{ Body }}</Message>", kParams).value(),
            "<Message>+15558675310: 1 &lt; 2 &amp; &quot;so&quot;</Message>");
  EXPECT_EQ(render("{{{Body}}}{{& Body}}", kParams).value(), "1 < 2 & \"so\"1 < 2 & \"so\"");
  EXPECT_EQ(render("[{{Unknown}}]", kParams).value(), "[]");
  EXPECT_EQ(render("a{{! said aside }}b", kParams).value(), "ab");
}

TEST(Template, SectionsAreThereForEachValue) {
  EXPECT_EQ(render("{{#Dest}}<Number>{{.}}</Number>{{/Dest}}", kParams).value(),
            "<Number>+1202</Number><Number>+1703</Number>");
  EXPECT_EQ(render("{{#From}}yes {{From}}{{/From}}{{^From}}no{{/From}}", kParams).value(), "yes +15558675310");
  EXPECT_EQ(render("{{#Empty}}yes{{/Empty}}{{^Empty}}no{{/Empty}}{{^Unknown}}!{{/Unknown}}", kParams).value(), "no!");
  EXPECT_EQ(render("{{^From}}{{#Dest}}x{{/Dest}}{{/From}}y", kParams).value(), "y");
}

TEST(Template, FindsThePhoneNumberInAnAddress) {
  EXPECT_EQ(render("<Dial>{{#e164}}{{Sip}}{{/e164}}</Dial>", kParams).value(), "<Dial>+14155551212</Dial>");
  EXPECT_EQ(render("{{#e164}}nobody{{/e164}}", kParams).value(), "");
}

TEST(Template, TellsWhatIsNotClosed) {
  for (const std::string_view bad :
       {"{{From", "{{{From}}", "{{#From}}x", "x{{/From}}", "{{#From}}{{/Body}}", "{{#}}x{{/}}"})
    EXPECT_FALSE(render(bad, kParams)) << bad;
}

TEST(Template, HasLimits) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{{#From}}";
  EXPECT_FALSE(render(deep, kParams));
  std::string wide = std::string(1000, 'x');
  for (int i = 0; i < 12; ++i) wide = "{{#Dest}}" + wide + "{{/Dest}}";
  EXPECT_FALSE(render(wide, kParams));
  FormPairs set(2000, {"Dest[]", "1"});
  std::string empty;
  for (int i = 0; i < 10; ++i) empty = "{{#Dest}}" + empty + "{{/Dest}}";
  EXPECT_FALSE(render(empty, set)) << "however little it writes";
}

}  // namespace
}  // namespace dialtone::bins
