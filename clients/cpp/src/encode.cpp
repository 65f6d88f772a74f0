#include <stdexcept>

#include "codec.hpp"

namespace twilio::detail {

namespace {

constexpr char kHex[] = "0123456789ABCDEF";

bool unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

void add_escaped(std::string& out, unsigned char c) {
  out += '%';
  out += kHex[c >> 4];
  out += kHex[c & 15];
}

void write_json(std::string& out, const FieldType& type, const void* field);

/// A member that is left out is not written; one that must be there always is.
void write_structure(std::string& out, const Structure& structure, const void* value) {
  out += '{';
  bool first = true;
  for (const Field& field : structure.fields) {
    if (field.place != Place::kMember) continue;
    const void* inner = field.type->look(static_cast<const char*>(value) + field.offset);
    if (!inner) continue;
    if (!first) out += ',';
    first = false;
    write_text(out, field.name);
    out += ':';
    write_json(out, *field.type, inner);
  }
  out += '}';
}

std::string plain_text(Kind kind, const void* value) {
  switch (kind) {
    case Kind::kText:
      return *static_cast<const std::string*>(value);
    case Kind::kBoolean:
      return *static_cast<const bool*>(value) ? "true" : "false";
    case Kind::kInteger:
      return std::to_string(*static_cast<const std::int64_t*>(value));
    case Kind::kNumber: {
      std::string out;
      write_number(out, *static_cast<const double*>(value));
      return out;
    }
    case Kind::kTime:
      return write_time(*static_cast<const Time*>(value));
    case Kind::kDate:
      return write_date(*static_cast<const Date*>(value));
    case Kind::kJson: {
      const Json& json = *static_cast<const Json*>(value);
      return json.is_text() ? json.text() : json.dump();
    }
    case Kind::kStructure:
      break;
  }
  return {};
}

void write_one(std::string& out, const FieldType& type, const void* value) {
  switch (type.kind) {
    case Kind::kBoolean:
    case Kind::kInteger:
    case Kind::kNumber:
      out += plain_text(type.kind, value);
      break;
    case Kind::kText:
    case Kind::kTime:
    case Kind::kDate:
      write_text(out, plain_text(type.kind, value));
      break;
    case Kind::kJson:
      static_cast<const Json*>(value)->dump_to(out);
      break;
    case Kind::kStructure:
      write_structure(out, *type.structure(), value);
      break;
  }
}

void write_json(std::string& out, const FieldType& type, const void* value) {
  if (!type.list) return write_one(out, type, value);
  out += '[';
  for (std::size_t i = 0; i < type.size(value); ++i) {
    if (i) out += ',';
    write_one(out, type, type.item(value, i));
  }
  out += ']';
}

/// What a form or query holds of one value.
std::string form_text(const FieldType& type, const void* value) {
  if (type.kind != Kind::kStructure) return plain_text(type.kind, value);
  std::string out;
  write_structure(out, *type.structure(), value);
  return out;
}

void add_pair(std::string& out, std::string_view name, std::string_view value) {
  if (!out.empty()) out += '&';
  escape(out, name);
  out += '=';
  escape(out, value);
}

void add_map(std::string& out, std::string prefix, const Json& value) {
  if (!value.is_object()) return add_pair(out, prefix, value.is_text() ? value.text() : value.dump());
  for (const Json::Member& each : value.members()) add_map(out, prefix + "." + each.first, each.second);
}

}  // namespace

void escape(std::string& out, std::string_view text) {
  for (unsigned char c : text) {
    if (unreserved(c))
      out += static_cast<char>(c);
    else
      add_escaped(out, c);
  }
}

void escape_segment(std::string& out, std::string_view text) {
  if (text.empty() || text == "." || text == "..")
    throw std::invalid_argument("'" + std::string(text) + "' cannot be part of an address");
  for (unsigned char c : text) {
    if (unreserved(c) || std::string_view("!$&'()*+,;=:@[]|^\\").find(static_cast<char>(c)) != std::string_view::npos)
      out += static_cast<char>(c);
    else
      add_escaped(out, c);
  }
}

Encoded encode(const Operation& operation, const void* parameters) {
  Encoded out;
  if (!parameters || !operation.parameters) return out;
  for (const Field& field : operation.parameters->fields) {
    if (field.place == Place::kLocal) continue;
    const FieldType& type = *field.type;
    const void* value = type.look(static_cast<const char*>(parameters) + field.offset);
    if (!value || (type.list && field.place != Place::kMember && type.size(value) == 0)) continue;
    if (!out.names.empty()) out.names += ',';
    out.names += field.name;
    if (field.place == Place::kHeader) {
      std::string text = plain_text(type.kind, value);
      if (text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
        throw std::invalid_argument("a header cannot hold a line break: " + std::string(field.name));
      }
      out.headers.emplace_back(field.name, std::move(text));
      continue;
    }
    if (field.place == Place::kQueryMap) {
      add_map(out.query, std::string(field.name), *static_cast<const Json*>(value));
      continue;
    }
    if (field.place == Place::kMember) continue;
    if (field.place == Place::kWhole) {
      write_one(out.body, type, value);
      continue;
    }
    std::string& pairs = field.place == Place::kQuery ? out.query : out.body;
    if (!type.list)
      add_pair(pairs, field.name, form_text(type, value));
    else
      for (std::size_t i = 0; i < type.size(value); ++i)
        add_pair(pairs, field.name, form_text(type, type.item(value, i)));
  }
  if (operation.body == Body::kJson && out.body.empty()) write_structure(out.body, *operation.parameters, parameters);
  return out;
}

}  // namespace twilio::detail
