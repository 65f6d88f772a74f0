#include "rest/values.hpp"

#include <charconv>
#include <cmath>

#include "base/utf8.hpp"
#include "rest/pattern.hpp"

namespace dialtone::rest {
namespace {

using catalogue::Schema;
using catalogue::Type;

constexpr int kDepthMax = 12;

bool text_conforms(std::string_view text, Schema schema) {
  if (schema.enum_count() > 0 && !schema.enum_contains(text)) return false;
  if (schema.min_length() > 0 || schema.max_length() > 0) {
    const std::size_t length = characters(text);
    if (length < schema.min_length() || (schema.max_length() > 0 && length > schema.max_length())) return false;
  }
  const std::string_view format = schema.format();
  if (format == "date-time" || format == "date-time-rfc-2822" || format == "date") return parse_time(text).has_value();
  if (!schema.sid_prefix().empty()) return matches_pattern(text, schema.pattern());
  return schema.pattern().empty() || matches_pattern(text, schema.pattern());
}

bool conforms_at(const json::value& value, Schema schema, int depth) {
  if (depth > kDepthMax) return true;
  if (value.is_null()) return schema.nullable() || schema.type() == Type::kAny;
  switch (schema.type()) {
    case Type::kAny:
      return true;
    case Type::kString:
      return value.is_string() && text_conforms(value.get_string(), schema);
    case Type::kInteger: {
      if (!value.is_int64() && !value.is_uint64()) return false;
      const auto number = value.to_number<std::int64_t>();
      return (!schema.minimum() || number >= *schema.minimum()) && (!schema.maximum() || number <= *schema.maximum());
    }
    case Type::kNumber:
      return value.is_number();
    case Type::kBoolean:
      return value.is_bool();
    case Type::kArray: {
      if (!value.is_array()) return false;
      const auto& array = value.get_array();
      if (array.size() < schema.min_items() || (schema.max_items() > 0 && array.size() > schema.max_items()))
        return false;
      return std::ranges::all_of(array,
                                 [&](const json::value& each) { return conforms_at(each, schema.items(), depth + 1); });
    }
    case Type::kObject: {
      if (!value.is_object()) return false;
      const auto& object = value.get_object();
      for (std::size_t i = 0; i < schema.property_count(); ++i) {
        const auto property = schema.property_at(i);
        const json::value* member = object.if_contains(property.name());
        if (!member && property.required()) return false;
        if (member && !conforms_at(*member, property.schema(), depth + 1)) return false;
      }
      return true;
    }
  }
  return true;
}

std::string fitting_text(Schema schema, TimePoint now) {
  if (schema.enum_count() > 0) return std::string(schema.enum_at(0));
  const std::string_view format = schema.format();
  if (format.starts_with("date")) return date_text(schema, now);
  if (!schema.pattern().empty()) return sample_pattern(schema.pattern());
  if (format == "uri") return "https://www.twilio.com";
  if (format == "email") return "user@example.com";
  if (format == "phone-number") return "+15005550006";
  if (format == "iso-country-code") return "US";
  if (format == "currency") return "usd";
  if (format == "uuid") return "00000000-0000-4000-8000-000000000000";
  return std::string(schema.min_length(), 'a');
}

json::value filled_at(Schema schema, TimePoint now, int depth);

json::value plain_at(Schema schema, TimePoint now, int depth) {
  if (schema.nullable() || schema.type() == Type::kAny) return nullptr;
  return filled_at(schema, now, depth);
}

json::value filled_at(Schema schema, TimePoint now, int depth) {
  if (!schema.default_json().empty()) {
    boost::system::error_code error;
    json::value value = json::parse(schema.default_json(), error);
    if (!error && !value.is_null() && conforms_at(value, schema, depth)) return value;
  }
  switch (schema.type()) {
    case Type::kAny:
      return nullptr;
    case Type::kString:
      return json::value(fitting_text(schema, now));
    case Type::kInteger: {
      const std::int64_t low = schema.minimum().value_or(0);
      const std::int64_t high = schema.maximum().value_or(INT32_MAX);
      return std::clamp<std::int64_t>(0, low, std::max(low, high));
    }
    case Type::kNumber:
      return 0.0;
    case Type::kBoolean:
      return false;
    case Type::kArray: {
      json::array array;
      for (std::size_t i = 0; i < schema.min_items() && depth < kDepthMax; ++i) {
        array.push_back(filled_at(schema.items(), now, depth + 1));
      }
      return array;
    }
    case Type::kObject: {
      json::object object;
      for (std::size_t i = 0; i < schema.property_count() && depth < kDepthMax; ++i) {
        const auto property = schema.property_at(i);
        object[property.name()] = plain_at(property.schema(), now, depth + 1);
      }
      return object;
    }
  }
  return nullptr;
}

}  // namespace

bool conforms(const json::value& value, Schema schema) { return conforms_at(value, schema, 0); }

json::value plain_value(Schema schema, TimePoint now) { return plain_at(schema, now, 0); }

json::value filled_value(Schema schema, TimePoint now) { return filled_at(schema, now, 0); }

std::string date_text(Schema schema, TimePoint time) {
  if (schema.format() == "date-time-rfc-2822") return rfc2822(time);
  if (schema.format() == "date") return iso8601(time).substr(0, 10);
  return iso8601(time);
}

std::optional<json::value> from_text(std::string_view text, Schema schema) {
  std::optional<json::value> value;
  switch (schema.type()) {
    case Type::kString:
      if (schema.format().starts_with("date")) {
        const auto time = parse_time(text);
        if (time) value = date_text(schema, time->time);
      } else {
        value = json::value(text);
      }
      break;
    case Type::kInteger: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc{} && end == text.data() + text.size()) value = number;
      break;
    }
    case Type::kNumber: {
      double number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      // "nan" and "inf" read as numbers, but JSON has no word for them.
      if (error == std::errc{} && end == text.data() + text.size() && std::isfinite(number)) value = number;
      break;
    }
    case Type::kBoolean:
      if (text == "true" || text == "True" || text == "TRUE") value = true;
      if (text == "false" || text == "False" || text == "FALSE") value = false;
      break;
    case Type::kAny:
    case Type::kObject:
    case Type::kArray: {
      auto parsed = parse_json(text);
      if (parsed) {
        value = std::move(*parsed);
      } else if (schema.type() == Type::kAny) {
        value = json::value(text);
      }
      break;
    }
  }
  if (value && !conforms(*value, schema)) value.reset();
  if (!value && text.empty() && schema.nullable()) value = nullptr;
  return value;
}

namespace {

/// Members that the schema does not name go, all the way down.
json::value trimmed(const json::value& value, Schema schema, int depth) {
  if (depth > kDepthMax) return value;
  if (const auto* array = value.if_array(); array && schema.type() == Type::kArray) {
    json::array out;
    out.reserve(array->size());
    for (const auto& each : *array) out.push_back(trimmed(each, schema.items(), depth + 1));
    return out;
  }
  const auto* object = value.if_object();
  if (!object || schema.property_count() == 0) return value;
  json::object out;
  for (const auto& [name, member] : *object) {
    if (const auto property = schema.property(name)) {
      out[name] = trimmed(member, property->schema(), depth + 1);
    } else if (schema.additional().index() != 0) {
      out[name] = member;
    }
  }
  return out;
}

bool is_flat(const json::value& value) { return !value.is_object() && !value.is_array(); }

}  // namespace

json::object shape(const json::object& resource, Schema schema, TimePoint now) {
  json::object out;
  out.reserve(schema.property_count());
  for (std::size_t i = 0; i < schema.property_count(); ++i) {
    const auto property = schema.property_at(i);
    const json::value* member = resource.if_contains(property.name());
    if (!member || !conforms(*member, property.schema())) {
      out[property.name()] = plain_value(property.schema(), now);
    } else {
      out[property.name()] = is_flat(*member) ? *member : trimmed(*member, property.schema(), 0);
    }
  }
  return out;
}

}  // namespace dialtone::rest
