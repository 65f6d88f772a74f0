#include "verify/wording.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/sid.hpp"
#include "verify/errors.hpp"
#include "verify/templates.hpp"

namespace dialtone::verify {
namespace {

constexpr ErrorRow kTranslationUnknown{60229, 400, "Template translation was not found"};
constexpr std::string_view kLifetimeMinutes = "10";
constexpr std::size_t kAppHashLength = 11;

/// The usual sentence of a language: {0} the name, {1} the code.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSentences{
    {{"en", "Your {{friendly_name}} verification code is: {{code}}"},
     {"de", "Ihr Bestätigungscode für {{friendly_name}} lautet: {{code}}"},
     {"es", "Su código de verificación de {{friendly_name}} es: {{code}}"},
     {"fr", "Votre code de vérification {{friendly_name}} est : {{code}}"},
     {"it", "Il tuo codice di verifica {{friendly_name}} è: {{code}}"},
     {"pt", "Seu código de verificação {{friendly_name}} é: {{code}}"}}};

struct Choice {
  std::string sid;
  json::object substitutions;
};

bool flag(const json::object& service, std::string_view name) {
  const json::value* value = service.if_contains(name);
  return value && value->is_bool() && value->get_bool();
}

std::string_view language_part(std::string_view locale) { return locale.substr(0, locale.find_first_of("-_")); }

Result<json::object> read_substitutions(std::string_view text) {
  if (text.empty()) return json::object{};
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return fail(errors::kSubstitutions);
  return std::move(parsed->get_object());
}

/// The parameter Templates. Error: 60251.
Result<std::vector<Choice>> read_choices(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_array() || parsed->get_array().empty() || parsed->get_array().size() > kTemplateChoicesMax)
    return fail(errors::kTemplates);
  std::vector<Choice> out;
  for (const json::value& each : parsed->get_array()) {
    if (!each.is_object() || !is_sid(text_of(each.get_object(), "sid"), "HJ")) return fail(errors::kTemplates);
    const json::value* values = each.get_object().if_contains("substitutions");
    if (values && !values->is_object() && !values->is_null()) return fail(errors::kTemplates);
    out.push_back({.sid = std::string(text_of(each.get_object(), "sid")),
                   .substitutions = values && values->is_object() ? values->get_object() : json::object{}});
  }
  return out;
}

bool serves_channel(const json::object& resource, std::string_view channel) {
  const json::value* channels = resource.if_contains("channels");
  if (!channels || !channels->is_array()) return channel == "sms";
  return std::ranges::any_of(channels->get_array(),
                             [&](const json::value& each) { return each.is_string() && each.get_string() == channel; });
}

/// The translation for a locale, its language, or the default one; null when there is none at all.
const json::object* translation(const json::object& resource, std::string& locale) {
  const json::value* all = resource.if_contains("translations");
  if (!all || !all->is_object()) return nullptr;
  const json::object& by_locale = all->get_object();
  for (const std::string_view wanted : {std::string_view(locale), language_part(locale)}) {
    if (const json::value* found = by_locale.if_contains(wanted); found && found->is_object()) {
      locale = wanted;
      return &found->get_object();
    }
  }
  const json::object* chosen = nullptr;
  for (const auto& [name, each] : by_locale) {
    if (!each.is_object()) continue;
    const bool better = !chosen || flag(each.get_object(), "is_default_translation") || name == "en";
    if (!better) continue;
    chosen = &each.get_object();
    locale = name;
    if (flag(*chosen, "is_default_translation")) break;
  }
  return chosen;
}

json::object usual_values(const WordingRequest& request, const std::string& name) {
  return {{"friendly_name", name}, {"code", request.code}, {"ttl", kLifetimeMinutes}};
}

/// The text of one template. Errors: 60201, 60224, 60228, 60229.
Task<Result<Wording>> word_by(store::Store& store, const WordingRequest& request, const std::string& name,
                              Choice choice) {
  const auto record = co_await store.get(request.account_sid + "/verify/v2/Templates", choice.sid);
  const json::object* base = base_template(choice.sid);
  if (!record && !base) co_return fail(errors::kTemplateUnknown);
  const json::object resource = record ? stored_object(record->value) : *base;
  Wording out{.body = {}, .name = name, .locale = request.locale};
  if (!serves_channel(resource, request.channel)) {
    out.warnings.push_back(errors::kChannelWithoutTemplate);
    co_return out;
  }
  if (out.locale.empty()) out.locale = language_of(request.country);
  const json::object* chosen = translation(resource, out.locale);
  if (!chosen || text_of(*chosen, "text").empty()) co_return fail(kTranslationUnknown);
  const std::string_view status = text_of(*chosen, "status");
  if (!status.empty() && status != "approved") co_return fail(errors::kNotApproved);
  if (!request.locale.empty() && language_part(out.locale) != language_part(request.locale))
    out.warnings.push_back(errors::kLocaleMissing);
  out.body = text_of(*chosen, "text");
  json::object values = usual_values(request, name);
  for (auto& [key, value] : choice.substitutions) {
    if (!values.contains(key)) values[key] = std::move(value);
  }
  if (!fill(out.body, values)) co_return fail(errors::kSubstitutions);
  co_return out;
}

/// The usual sentence.
Wording plain(const WordingRequest& request, const std::string& name) {
  const std::string locale = request.locale.empty() ? std::string(language_of(request.country)) : request.locale;
  const auto* found = std::ranges::find(kSentences, language_part(locale), &decltype(kSentences)::value_type::first);
  if (found == kSentences.end()) found = kSentences.begin();
  Wording out{.body = std::string(found->second), .name = name, .locale = std::string(found->first)};
  if (request.channel == "whatsapp") {
    // Businesses cannot write a text of their own for codes there.
    out.body = "*{{code}}* is your verification code. For your security, do not share this code.";
    out.locale = "en";
  } else if (!request.amount.empty()) {
    out.body = "Your {{friendly_name}} code to authorize {{amount}} to {{payee}} is: {{code}}";
    out.locale = "en";
  }
  json::object values = usual_values(request, name);
  values["amount"] = request.amount;
  values["payee"] = request.payee;
  fill(out.body, values);
  return out;
}

/// UTF-8 characters.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::string_view language_of(std::string_view country) {
  // Where one language goes without saying.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 26> kLanguages{
      {{"AR", "es"}, {"AT", "de"}, {"BO", "es"}, {"BR", "pt"}, {"CL", "es"}, {"CO", "es"}, {"CR", "es"},
       {"CU", "es"}, {"DE", "de"}, {"DO", "es"}, {"EC", "es"}, {"ES", "es"}, {"FR", "fr"}, {"GT", "es"},
       {"HN", "es"}, {"IT", "it"}, {"LI", "de"}, {"MC", "fr"}, {"MX", "es"}, {"NI", "es"}, {"PA", "es"},
       {"PE", "es"}, {"PT", "pt"}, {"SV", "es"}, {"UY", "es"}, {"VE", "es"}}};
  const auto* found = std::ranges::find(kLanguages, country, &decltype(kLanguages)::value_type::first);
  return found == kLanguages.end() ? "en" : found->second;
}

bool fill(std::string& text, const json::object& values) {
  std::string out;
  std::string_view rest = text;
  bool whole = true;
  while (true) {
    const std::size_t open = rest.find("{{");
    const std::size_t close = open == std::string_view::npos ? open : rest.find("}}", open);
    if (close == std::string_view::npos) break;
    std::string_view name = rest.substr(open + 2, close - open - 2);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    out += rest.substr(0, open);
    if (const json::value* value = values.if_contains(name)) {
      out += value->is_string() ? std::string(value->get_string()) : wire_json(*value);
    } else {
      out += rest.substr(open, close + 2 - open);
      whole = false;
    }
    rest.remove_prefix(close + 2);
  }
  out += rest;
  text = std::move(out);
  return whole;
}

Task<Result<Wording>> word(store::Store& store, WordingRequest request) {
  const std::string name =
      request.friendly_name.empty() ? std::string(text_of(request.service, "friendly_name")) : request.friendly_name;
  if (!request.app_hash.empty()) {
    if (request.channel != "sms") co_return fail(errors::kAppHash);
    if (request.app_hash.size() != kAppHashLength) co_return fail(errors::invalid("AppHash"));
  }
  Wording out;
  if (!request.templates.empty()) {
    DT_CO_TRY(auto choices, read_choices(request.templates));
    for (Choice& choice : choices) {
      auto worded = co_await word_by(store, request, name, std::move(choice));
      if (!worded || worded->body.empty()) continue;
      out = std::move(*worded);
      break;
    }
    if (out.body.empty()) co_return fail(errors::kNoTemplateFits);
  } else {
    std::string sid = request.template_sid;
    if (sid.empty()) sid = text_of(request.service, "default_template_sid");
    if (!sid.empty()) {
      DT_CO_TRY(auto substitutions, read_substitutions(request.substitutions));
      DT_CO_TRY(out, co_await word_by(store, request, name, {.sid = sid, .substitutions = std::move(substitutions)}));
      // A service's default is for the channels it serves; only who named it is told that it could not be used.
      if (request.template_sid.empty() && out.body.empty()) out.warnings.clear();
    }
    if (out.body.empty()) {
      auto warnings = std::move(out.warnings);
      out = plain(request, name);
      out.warnings = std::move(warnings);
    }
  }
  if (request.channel == "sms") {
    if (flag(request.service, "do_not_share_warning_enabled")) {
      if (out.body.ends_with('.')) out.body.pop_back();
      out.body += ". Don’t share this code with anyone; our employees will never ask for the code";
    }
    if (!request.app_hash.empty()) out.body = fmt::format("<#> {} {}", out.body, request.app_hash);
  }
  if (characters(out.body) > kBodyCharactersMax) co_return fail(errors::kTooLong);
  co_return out;
}

}  // namespace dialtone::verify
