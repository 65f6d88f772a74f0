#include "rest/xml.hpp"

#include <fmt/format.h>

#include "base/json.hpp"

namespace dialtone::rest {
namespace {

constexpr std::string_view kHeader = "<?xml version='1.0' encoding='UTF-8'?>\n";

std::string camel(std::string_view snake) {
  std::string out;
  bool upper = true;
  for (const char c : snake) {
    if (c == '_') {
      upper = true;
    } else {
      out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      upper = false;
    }
  }
  return out;
}

std::string singular(std::string_view plural) {
  if (plural.ends_with("ies")) return std::string(plural.substr(0, plural.size() - 3)) + "y";
  if (plural.ends_with("sses")) return std::string(plural.substr(0, plural.size() - 2));
  if (plural.ends_with("s")) return std::string(plural.substr(0, plural.size() - 1));
  return std::string(plural);
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        // Control characters have no place in XML 1.0.
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t' || c == '\r') out += c;
    }
  }
}

void append_element(std::string& out, std::string_view name, const json::value& value) {
  out += '<';
  out += name;
  if (value.is_null()) {
    out += "/>";
    return;
  }
  out += '>';
  if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object) append_element(out, camel(key), member);
  } else if (const auto* array = value.if_array()) {
    for (const auto& each : *array) append_element(out, singular(name), each);
  } else if (const auto* text = value.if_string()) {
    append_escaped(out, *text);
  } else {
    out += wire_json(value);
  }
  out += "</";
  out += name;
  out += '>';
}

}  // namespace

std::string xml_from_json(std::string_view json_text, std::string_view resource, std::string_view list_key) {
  std::string out(kHeader);
  out += "<TwilioResponse>";
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 2 * kJsonDepthMax;  // what a request brought, inside what we put around it
  const json::value value = json::parse(json_text, error, {}, options);
  const json::object* object = error ? nullptr : value.if_object();
  const json::value* rows = object && !list_key.empty() ? object->if_contains(list_key) : nullptr;
  if (rows && rows->is_array()) {
    out += '<';
    out += resource;
    for (const auto& [key, member] : *object) {
      if (key == list_key) continue;
      std::string name;
      for (const char c : std::string_view(key)) {
        if (c != '_') name += c;
      }
      out += ' ';
      out += name;
      out += "=\"";
      if (member.is_string()) {
        append_escaped(out, member.get_string());
      } else if (!member.is_null()) {
        out += wire_json(member);
      }
      out += '"';
    }
    out += '>';
    for (const auto& row : rows->get_array()) append_element(out, singular(resource), row);
    out += "</";
    out += resource;
    out += '>';
  } else if (object) {
    append_element(out, resource, value);
  }
  out += "</TwilioResponse>";
  return out;
}

std::string xml_error(const Error& error) {
  std::string message;
  append_escaped(message, error.message);
  return fmt::format(
      "{}<TwilioResponse><RestException><Code>{}</Code><Message>{}</Message><MoreInfo>https://www.twilio.com/docs/"
      "errors/"
      "{}</MoreInfo><Status>{}</Status></RestException></TwilioResponse>",
      kHeader, error.code, message, error.code, error.status);
}

}  // namespace dialtone::rest
