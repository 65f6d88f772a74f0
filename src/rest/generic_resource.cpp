#include "rest/generic_resource.hpp"

#include "base/form.hpp"
#include "rest/pattern.hpp"
#include "rest/values.hpp"

namespace dialtone::rest {
namespace {

using catalogue::Path;
using catalogue::Place;
using catalogue::Schema;

/// Is this name that of a time of making or change?
bool is_change_date(std::string_view name) {
  return name == "date_updated" || name == "updated_at" || name == "updatedAt" || name == "date_modified";
}
bool is_creation_date(std::string_view name) {
  return name == "date_created" || name == "created_at" || name == "createdAt" || name == "date_generated";
}

/// Percent-encodes what may not stand in a path segment (RFC 3986).
void append_path_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
}

bool same_word(std::string_view parameter, std::string_view property) {
  std::size_t p = 0;
  for (const char c : parameter) {
    while (p < property.size() && property[p] == '_') ++p;
    if (p == property.size() || (property[p] | 32) != (c | 32)) return false;
    ++p;
  }
  return p == property.size();
}

json::value links(const Context& context, Path instance, const json::object& resource, bool absolute) {
  json::object out;
  for (std::size_t i = 0; i < instance.link_count(); ++i) {
    const auto link = instance.link_at(i);
    std::string url;
    std::string_view rest = link.url;
    while (!rest.empty()) {
      const std::size_t open = rest.find('{');
      url += rest.substr(0, open);
      if (open == std::string_view::npos) break;
      const std::size_t close = std::min(rest.find('}', open), rest.size() - 1);
      const std::string_view placeholder = rest.substr(open + 1, close - open - 1);
      std::string_view property = placeholder;
      for (std::string_view pairs = link.mapping; !pairs.empty();) {
        const std::string_view pair = pairs.substr(0, pairs.find(','));
        pairs.remove_prefix(std::min(pairs.size(), pair.size() + 1));
        if (const std::size_t equals = pair.find('='); pair.substr(0, equals) == placeholder)
          property = pair.substr(equals + 1);
      }
      std::string_view value = text_of(resource, property);
      if (value.empty()) {
        for (const auto& [name, text] : context.values) {
          if (same_word(name, property)) value = text;
        }
      }
      append_path_encoded(url, value);
      rest.remove_prefix(close + 1);
    }
    out[link.name] = absolute ? context.base_url + url : url;
  }
  return out;
}

}  // namespace

std::string new_id(const Context& context, const PathModel& model, SidSource& sids) {
  const Schema schema = model.id_schema;
  json::object sent;
  apply_request(sent, context, model.resource);
  if (const std::string_view own = text_of(sent, model.id_property); !own.empty()) return std::string(own);
  if (!schema.sid_prefix().empty()) return sids.make(schema.sid_prefix());
  if (schema.format() == "uuid") return random_uuid();
  if (!schema.pattern().empty()) return sample_pattern(schema.pattern());
  if (schema.type() == catalogue::Type::kInteger) return std::to_string(std::stoul(random_hex(3), nullptr, 16) + 1);
  return random_hex(16);
}

json::object new_resource(const Context& context, const PathModel& model, std::string_view id, TimePoint now) {
  const Schema schema = model.resource;
  json::object out;
  out.reserve(schema.property_count());
  for (std::size_t i = 0; i < schema.property_count(); ++i) {
    const auto property = schema.property_at(i);
    const std::string_view name = property.name();
    const Schema type = property.schema();
    json::value value = plain_value(type, now);
    const auto offer = [&](std::string_view text) {
      if (json::value offered(text); conforms(offered, type)) value = std::move(offered);
    };
    if (name == model.id_property) {
      offer(id);
      if (model.id_schema.type() == catalogue::Type::kInteger) {
        if (auto number = from_text(id, model.id_schema)) value = std::move(*number);
      }
    } else if (name == "account_sid" || name == "accountSid") {
      offer(context.account->sid);
    } else if (is_creation_date(name) || is_change_date(name)) {
      offer(date_text(type, now));
    } else if (name == "api_version" && context.host == "api") {
      offer("2010-04-01");
    } else {
      for (const auto& [parameter, text] : context.values) {
        if (same_word(parameter, name)) offer(text);
      }
    }
    out[name] = std::move(value);
  }
  return out;
}

void apply_request(json::object& resource, const Context& context, Schema schema) {
  const auto set = [&](std::string_view name, json::value value) {
    const auto property = schema.property(name);
    if (property && conforms(value, property->schema())) resource[property->name()] = std::move(value);
  };
  for (std::size_t i = 0; i < context.operation.parameter_count(); ++i) {
    const auto parameter = context.operation.parameter_at(i);
    if (parameter.place() != Place::kForm || !context.form.has(parameter.name())) continue;
    std::string_view name = parameter.property();
    if (!schema.property(name)) continue;
    const Schema type = schema.property(name)->schema();
    if (parameter.schema().type() == catalogue::Type::kArray && type.type() == catalogue::Type::kArray) {
      json::array values;
      for (const std::string& text : context.form.all(parameter.name())) {
        if (auto value = from_text(text, type.items())) values.push_back(std::move(*value));
      }
      set(name, std::move(values));
    } else if (auto value = from_text(context.form.get(parameter.name()), type)) {
      set(name, std::move(*value));
    }
  }
  if (const json::object* body = context.body.if_object()) {
    for (const auto& [name, value] : *body) set(name, value);
  }
}

void add_addresses(json::object& resource, const Context& context, const PathModel& model, std::string_view id) {
  const Path path = context.operation.path();
  const Path instance = model.shape == Shape::kCollection && model.instance ? Path(*model.instance) : path;
  const bool is_2010 = context.host == "api";
  std::string url = std::string(context.path);
  if (url.ends_with(".json")) url.resize(url.size() - 5);
  if (model.shape == Shape::kCollection) {
    url += '/';
    append_path_encoded(url, id);
  }
  if (is_2010) url += ".json";
  if (model.resource.property("uri")) resource["uri"] = url;
  // A property `url` may be the client's.
  if (model.resource.property("url") && !context.form.has("Url")) resource["url"] = context.base_url + url;
  for (const std::string_view name : {"links", "subresource_uris"}) {
    const auto property = model.resource.property(name);
    if (!property || property->schema().property_count() > 0) continue;
    resource[name] = links(context, instance, resource, name == "links");
  }
}

void touch(json::object& resource, Schema schema, TimePoint now) {
  for (std::size_t i = 0; i < schema.property_count(); ++i) {
    const auto property = schema.property_at(i);
    if (is_change_date(property.name())) resource[property.name()] = date_text(property.schema(), now);
  }
}

json::object kept_resource(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 2 * kJsonDepthMax;  // what a request brought, inside what we put around it
  json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return {};
  return std::move(value.get_object());
}

}  // namespace dialtone::rest
