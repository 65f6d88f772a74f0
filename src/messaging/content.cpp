#include "messaging/content.hpp"

#include <array>

#include <fmt/format.h>

#include "messaging/errors.hpp"

namespace dialtone::messaging {
namespace {

/// What a text shows best comes first. Cards and the like of one channel only are not for phones.
constexpr std::array<std::string_view, 11> kTypes{"twilio/text",        "twilio/media",          "twilio/quick-reply",
                                                  "twilio/list-picker", "twilio/call-to-action", "twilio/card",
                                                  "twilio/carousel",    "twilio/catalog",        "twilio/flows",
                                                  "twilio/schedule",    "twilio/location"};

Error invalid(std::string why) {
  return {errors::kContentVariablesInvalid, fmt::format("{}: {}", errors::kContentVariablesInvalid.message, why)};
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kVariableNameMax && name.find_first_of("{} \t\r\n") == std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Texts and numbers; nothing else can be shown.
std::optional<std::string> shown(const json::value& value) {
  if (value.is_string() && !value.get_string().empty()) return std::string(value.get_string());
  if (value.is_number()) return json::serialize(value);
  return std::nullopt;
}

/// The text of a type: its body, or what stands in place of one.
std::string text_in(std::string_view type, const json::object& fields) {
  if (const auto body = text_of(fields, "body"); !body.empty()) return std::string(body);
  std::string out(text_of(fields, "title"));
  if (type == "twilio/location") out = text_of(fields, "label");
  if (const auto subtitle = text_of(fields, "subtitle"); !subtitle.empty()) {
    if (!out.empty()) out += '\n';
    out += subtitle;
  }
  return out;
}

}  // namespace

std::string content_scope(std::string_view account_sid) { return fmt::format("{}/content/v1/Content", account_sid); }

Result<std::string> fill_in(std::string_view text, const json::object& variables, const json::object& defaults) {
  std::string out;
  while (true) {
    const std::size_t open = text.find("{{");
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos) return fail(invalid("a placeholder has no end"));
    const std::string_view name = trimmed(text.substr(open + 2, close - open - 2));
    if (!is_name(name)) return fail(invalid(fmt::format("{{{{{}}}}} is no placeholder", name)));
    const json::value* value = variables.if_contains(name);
    if (!value) value = defaults.if_contains(name);
    if (!value) return fail(invalid(fmt::format("there is no variable {}", name)));
    const auto replacement = shown(*value);
    if (!replacement) return fail(invalid(fmt::format("the variable {} is empty or no text", name)));
    out += *replacement;
    text.remove_prefix(close + 2);
  }
}

Result<RenderedContent> render_content(const json::object& content, const json::object& variables) {
  const json::value* types = content.if_contains("types");
  const json::value* own = content.if_contains("variables");
  static const json::object kNone;
  const json::object& defaults = own && own->is_object() ? own->get_object() : kNone;
  if (variables.size() > kVariablesMax) return fail(invalid(fmt::format("more than {} variables", kVariablesMax)));
  for (const auto& [name, value] : variables) {
    if (!is_name(name)) return fail(invalid(fmt::format("{} is no name of a variable", std::string_view(name))));
    if (!shown(value)) return fail(invalid(fmt::format("the variable {} is empty or no text", std::string_view(name))));
  }
  if (!types || !types->is_object()) return fail(errors::kContentSidInvalid);
  // A template with media and text goes with both; a text alone beside another type is that type's text for phones.
  RenderedContent rendered;
  for (const std::string_view type : {std::string_view("twilio/media"), std::string_view("twilio/card")}) {
    const json::value* fields = types->get_object().if_contains(type);
    const json::value* media = fields && fields->is_object() ? fields->get_object().if_contains("media") : nullptr;
    if (!media || !media->is_array() || !rendered.media_urls.empty()) continue;
    if (type != "twilio/media" && types->get_object().contains("twilio/text")) continue;
    for (const json::value& url : media->get_array()) {
      if (!url.is_string()) continue;
      DT_TRY(auto filled, fill_in(url.get_string(), variables, defaults));
      rendered.media_urls.push_back(std::move(filled));
    }
    DT_TRY(rendered.body, fill_in(text_in(type, fields->get_object()), variables, defaults));
  }
  if (!rendered.media_urls.empty()) return rendered;
  for (const std::string_view type : kTypes) {
    const json::value* fields = types->get_object().if_contains(type);
    if (!fields || !fields->is_object()) continue;
    const std::string text = text_in(type, fields->get_object());
    if (text.empty()) continue;
    DT_TRY(rendered.body, fill_in(text, variables, defaults));
    return rendered;
  }
  return fail(errors::kContentSidInvalid);
}

}  // namespace dialtone::messaging
