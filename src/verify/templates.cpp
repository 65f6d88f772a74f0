#include "verify/templates.hpp"

#include <utility>

namespace dialtone::verify {
namespace {

json::object make(std::string_view sid, std::string_view name,
                  std::initializer_list<std::pair<std::string_view, std::string_view>> texts) {
  constexpr std::string_view kMade = "2021-07-29T20:38:28Z";
  json::object translations;
  bool first = true;
  for (const auto& [locale, text] : texts) {
    translations[locale] = {{"is_default_translation", std::exchange(first, false)},
                            {"status", "approved"},
                            {"locale", locale},
                            {"text", text},
                            {"date_updated", kMade},
                            {"date_created", kMade}};
  }
  return {{"sid", sid},
          {"account_sid", nullptr},
          {"friendly_name", name},
          {"channels", json::array{json::value("sms")}},
          {"translations", std::move(translations)}};
}

}  // namespace

const std::vector<json::object>& base_templates() {
  static const std::vector<json::object> kTemplates{
      make("HJ00000000000000000000000000000001", "Verification code",
           {{"en", "Your {{friendly_name}} verification code is: {{code}}."},
            {"de", "Ihr Bestätigungscode für {{friendly_name}} lautet: {{code}}."},
            {"es", "Su código de verificación de {{friendly_name}} es: {{code}}."},
            {"fr", "Votre code de vérification {{friendly_name}} est : {{code}}."}}),
      make("HJ00000000000000000000000000000002", "Verification code, not to be shared",
           {{"en", "Your {{friendly_name}} verification code is: {{code}}. Do not share it with anyone."}}),
      make("HJ00000000000000000000000000000003", "Code alone", {{"en", "Your verification code is: {{code}}."}})};
  return kTemplates;
}

const json::object* base_template(std::string_view sid) {
  for (const json::object& each : base_templates()) {
    if (text_of(each, "sid") == sid) return &each;
  }
  return nullptr;
}

}  // namespace dialtone::verify
