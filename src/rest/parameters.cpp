#include "rest/parameters.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>

#include "base/utf8.hpp"

namespace dialtone::rest {
namespace {

using catalogue::Place;
using catalogue::Schema;
using catalogue::Type;

template <typename Number>
bool is_number(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

/// Why a text does not fit; empty when it does.
std::string complaint(std::string_view text, Schema schema) {
  switch (schema.type()) {
    case Type::kInteger: {
      std::int64_t value = 0;
      if (!is_number(text, value)) return "is not an integer";
      if (schema.minimum() && value < *schema.minimum()) return fmt::format("is less than {}", *schema.minimum());
      if (schema.maximum() && value > *schema.maximum()) return fmt::format("is greater than {}", *schema.maximum());
      return {};
    }
    case Type::kNumber: {
      double value = 0;
      return is_number(text, value) && std::isfinite(value) ? "" : "is not a number";
    }
    case Type::kBoolean:
      return boost::iequals(text, "true") || boost::iequals(text, "false") ? "" : "is not true or false";
    case Type::kString:
      if (schema.enum_count() > 0 && !text.empty() && !schema.enum_contains(text))
        return "is not one of the allowed values";
      if (schema.format() == "http-method" && !text.empty() && text != "GET" && text != "POST" &&
          !boost::iequals(text, "get") && !boost::iequals(text, "post") && schema.enum_count() == 0) {
        return "is not GET or POST";
      }
      if (!schema.sid_prefix().empty() && !text.empty() && schema.min_length() == kSidLength && !is_sid(text))
        return "is not a SID";
      if (schema.max_length() > 0 && characters(text) > schema.max_length()) {
        return fmt::format("is longer than {} characters", schema.max_length());
      }
      if (schema.format() == "date-time" && !text.empty() && !parse_time(text)) return "is not a date";
      return {};
    case Type::kAny:
    case Type::kObject:
    case Type::kArray:
      return {};
  }
  return {};
}

Error invalid(std::string_view name, std::string_view why) {
  return {errors::kBadRequest, fmt::format("Invalid parameter {}: it {}", name, why)};
}

}  // namespace

Result<> check_parameters(const Context& context) {
  const auto& operation = context.operation;
  for (std::size_t i = 0; i < operation.parameter_count(); ++i) {
    const auto parameter = operation.parameter_at(i);
    if (parameter.place() != Place::kForm && parameter.place() != Place::kQuery) continue;
    const bool form = parameter.place() == Place::kForm;
    const Fields& fields = form ? context.form : context.query;
    if (!fields.has(parameter.name())) {
      if (!parameter.required()) continue;
      return fail({errors::kBadRequest, fmt::format("Missing required parameter {} in the {}", parameter.name(),
                                                    form ? "post body" : "query string")});
    }
    const Schema schema = parameter.schema();
    for (const auto& [name, value] : fields.pairs()) {
      if (name != parameter.name() || name == "PageSize" || name == "Page") continue;
      const std::string why = complaint(value, schema.type() == Type::kArray ? schema.items() : schema);
      if (!why.empty()) return fail(invalid(name, why));
    }
  }
  if (operation.body_kind() == catalogue::BodyKind::kJson) {
    const json::object* body = context.body.if_object();
    if (!body && (operation.body_required() || !context.body.is_null()) && operation.body().type() == Type::kObject) {
      return fail({errors::kBadRequest, "The request body must be a JSON object"});
    }
    if (body) {
      const Schema schema = operation.body();
      for (std::size_t i = 0; i < schema.property_count(); ++i) {
        const auto property = schema.property_at(i);
        if (property.required() && !body->contains(property.name())) {
          return fail(
              {errors::kBadRequest, fmt::format("Missing required parameter {} in the post body", property.name())});
        }
      }
    }
  }
  return {};
}

}  // namespace dialtone::rest
