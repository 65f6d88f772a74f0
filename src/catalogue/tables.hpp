#pragma once
// The compiled documents: rows of integers that point into each other and into one pool of text. Written by
// compile.mjs. Read them through catalogue.hpp.

#include <cstdint>

namespace dialtone::catalogue {

struct TextRow {
  std::uint32_t at;
  std::uint32_t size;
};

inline constexpr std::int32_t kNoBound = INT32_MIN;

struct SchemaRow {
  TextRow format, pattern, prefix, default_json, map;
  std::uint32_t first_property, property_count, first_enum, enum_count, items, additional;
  std::uint32_t min_length, max_length, min_items, max_items;
  std::int32_t minimum, maximum;
  std::uint8_t type, nullable;
};

struct PropertyRow {
  TextRow name;
  std::uint32_t schema;
  std::uint8_t required;
};

struct ParameterRow {
  TextRow name, property;
  std::uint32_t schema;
  std::uint8_t place, required;
};

struct LinkRow {
  TextRow name, url, mapping;
};

struct OperationRow {
  TextRow id, list_key, content_type, summary;
  std::uint32_t path, first_parameter, parameter_count, body, response, item;
  std::uint16_t status;
  std::uint8_t method, body_kind, body_required, has_content;
};

struct PathRow {
  TextRow host, path;
  std::uint32_t document, first_operation, operation_count, first_link, link_count;
  std::uint8_t kind;
};

struct DocumentRow {
  TextRow name;
  std::uint32_t first_path, path_count;
};

}  // namespace dialtone::catalogue
