#include "messaging/content.hpp"

#include <gtest/gtest.h>

namespace dialtone::messaging {
namespace {

json::object object(std::string_view text) { return json::parse(text).as_object(); }

TEST(Content, ReplacesPlaceholders) {
  const json::object defaults = object(R"({"2": "two", "name": "Ann"})");
  struct Case {
    std::string_view text, variables;
    std::string_view wanted;  ///< empty: 21656
  };
  for (const Case& c : std::initializer_list<Case>{{"none", "{}", "none"},
                                                   {"{{1}}", R"({"1": "a"})", "a"},
                                                   {"{{ 1 }}-{{2}}", R"({"1": "a"})", "a-two"},
                                                   {"{{2}}", R"({"2": "b"})", "b"},
                                                   {"{{name}}{{name}}", "{}", "AnnAnn"},
                                                   {"{{1}}", R"({"1": 7})", "7"},
                                                   {"{1} }}", "{}", "{1} }}"},
                                                   {"{{1}}", R"({"1": "{{2}}"})", "{{2}}"},
                                                   {"{{3}}", "{}", ""},
                                                   {"{{}}", "{}", ""},
                                                   {"{{1}", R"({"1": "a"})", ""},
                                                   {"{{a b}}", "{}", ""},
                                                   {"{{1}}", R"({"1": null})", ""},
                                                   {"{{1}}", R"({"1": ""})", ""},
                                                   {"{{1}}", R"({"1": []})", ""},
                                                   {"{{12345678901234567}}", "{}", ""}}) {
    const auto filled = fill_in(c.text, object(c.variables), defaults);
    EXPECT_EQ(filled.value_or(""), c.wanted) << c.text;
    if (!filled) EXPECT_EQ(filled.error().code, 21656) << c.text;
  }
}

TEST(Content, ShowsOnAPhoneWhatATextCanHold) {
  struct Case {
    std::string_view types, body;
    std::size_t pictures;
  };
  for (
      const Case& c : std::initializer_list<Case>{
          {R"({"twilio/text": {"body": "a"}})", "a", 0},
          {R"({"twilio/quick-reply": {"body": "q", "actions": []}, "twilio/text": {"body": "t"}})", "t", 0},
          {R"({"twilio/quick-reply": {"body": "q", "actions": []}})", "q", 0},
          {R"({"twilio/media": {"media": ["https://x/a.png"]}})", "", 1},
          {R"({"twilio/media": {"body": "m", "media": ["https://x/a.png", "https://x/b.png"]}, "twilio/text": {"body": "t"}})",
           "m", 2},
          {R"({"twilio/card": {"title": "T", "subtitle": "S", "media": ["https://x/a.png"]}})", "T\nS", 1},
          {R"({"twilio/location": {"latitude": 1, "longitude": 2, "label": "Here"}})", "Here", 0}}) {
    const auto rendered = render_content({{"types", json::parse(c.types)}, {"variables", json::object{}}}, {});
    ASSERT_TRUE(rendered) << c.types;
    EXPECT_EQ(rendered->body, c.body) << c.types;
    EXPECT_EQ(rendered->media_urls.size(), c.pictures) << c.types;
  }
  for (const std::string_view types : {R"({})", R"({"whatsapp/card": {"body": "w"}})", R"({"twilio/text": "x"})"}) {
    const auto rendered = render_content({{"types", json::parse(types)}}, {});
    ASSERT_FALSE(rendered) << types;
    EXPECT_EQ(rendered.error().code, 21655) << types;
  }
}

}  // namespace
}  // namespace dialtone::messaging
