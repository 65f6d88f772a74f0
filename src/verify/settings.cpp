#include "verify/settings.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dialtone::verify {
namespace {

constexpr std::size_t kMailAddressMax = 254;
constexpr std::size_t kMailTextMax = 20'000;

Error wrong(std::string_view name, std::string_view what) {
  return {dialtone::errors::kBadRequest, fmt::format("{} {}", name, what)};
}

/// A list of texts, each of which passes.
template <typename Passes>
Result<> check_list(std::string_view name, const json::value& value, std::string_view what, Passes passes) {
  if (!value.is_array() || value.get_array().size() > kSettingListMax) return fail(wrong(name, what));
  for (const json::value& each : value.get_array()) {
    if (!each.is_string() || !passes(std::string_view(each.get_string()))) return fail(wrong(name, what));
  }
  return {};
}

bool is_country(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_prefix(std::string_view text) {
  return text.size() >= 2 && text.size() <= 16 && text[0] == '+' &&
         std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

Result<json::value> read_mailer(const json::value& value) {
  if (value.is_null()) return value;
  if (!value.is_object()) return fail(wrong("mailer", "must be an object or null"));
  const json::object& given = value.get_object();
  for (const auto& [name, member] : given) {
    if (name != "from" && name != "from_name" && name != "default_template_id" && name != "templates")
      return fail(wrong("mailer", fmt::format("has no member {}", std::string_view(name))));
    if (name != "templates" && !member.is_string() && !member.is_null())
      return fail(wrong(fmt::format("mailer.{}", std::string_view(name)), "must be a text"));
  }
  if (!is_mail_address(text_of(given, "from"))) return fail(wrong("mailer.from", "must be a mail address"));
  json::object templates;
  if (const json::value* all = given.if_contains("templates"); all && !all->is_null()) {
    if (!all->is_object() || all->get_object().size() > kMailTemplatesMax)
      return fail(wrong("mailer.templates", "must be an object of templates by their id"));
    for (const auto& [id, each] : all->get_object()) {
      const bool good = each.is_object() && text_of(each.get_object(), "text").size() <= kMailTextMax &&
                        !text_of(each.get_object(), "text").empty();
      if (!good) return fail(wrong("mailer.templates", "each needs a text, and may have a subject"));
      templates[id] = {{"subject", text_of(each.get_object(), "subject")},
                       {"text", text_of(each.get_object(), "text")}};
    }
  }
  return json::object{{"from", text_of(given, "from")},
                      {"from_name", text_of(given, "from_name")},
                      {"default_template_id", text_of(given, "default_template_id")},
                      {"templates", std::move(templates)}};
}

}  // namespace

std::string settings_scope(std::string_view account_sid) {
  return fmt::format("{}/dialtone/VerifySettings", account_sid);
}

Task<json::object> service_settings(store::Store& store, std::string account_sid, std::string service_sid) {
  json::object settings{{"channels_off", json::array{}},
                        {"blocked_countries", json::array{}},
                        {"blocked_prefixes", json::array{}},
                        {"china_vetted", false},
                        {"mailer", nullptr}};
  if (const auto record = co_await store.get(settings_scope(account_sid), service_sid)) {
    for (const auto& [name, value] : stored_object(record->value)) settings[name] = value;
  }
  co_return settings;
}

Result<> change_settings(json::object& settings, const json::object& changes) {
  json::object taken;
  for (const auto& [name, value] : changes) {
    if (name == "channels_off") {
      DT_CHECK(check_list(name, value, "must be a list of sms, whatsapp, rcs, email, sna", [](std::string_view text) {
        return text == "sms" || text == "whatsapp" || text == "rcs" || text == "email" || text == "sna";
      }));
      taken[name] = value;
    } else if (name == "blocked_countries") {
      DT_CHECK(check_list(name, value, "must be a list of ISO codes", is_country));
      taken[name] = value;
    } else if (name == "blocked_prefixes") {
      DT_CHECK(check_list(name, value, "must be a list of prefixes like +44700", is_prefix));
      taken[name] = value;
    } else if (name == "china_vetted") {
      if (!value.is_bool()) return fail(wrong(name, "must be true or false"));
      taken[name] = value;
    } else if (name == "mailer") {
      DT_TRY(taken[name], read_mailer(value));
    } else {
      return fail({dialtone::errors::kBadRequest, fmt::format("There is no setting {}", std::string_view(name))});
    }
  }
  for (auto& [name, value] : taken) settings[name] = std::move(value);
  return {};
}

bool lists(const json::object& settings, std::string_view name, std::string_view text) {
  const json::value* list = settings.if_contains(name);
  return list && list->is_array() &&
         std::ranges::any_of(list->get_array(), [&](const json::value& each) { return each.get_string() == text; });
}

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.size() <= kMailAddressMax &&
         text.find('@', at + 1) == std::string_view::npos &&
         std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c != 127 && c != '<' && c != '>'; });
}

}  // namespace dialtone::verify
