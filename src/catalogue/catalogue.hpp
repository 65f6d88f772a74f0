#pragma once
// Twilio's OpenAPI documents as one read-only table in the program: what operations exist, on which host and path, with
// which parameters, and the shape of what they answer. Nothing is parsed at start; views below are a pointer wide.

#include <cstdint>
#include <optional>
#include <ranges>
#include <span>
#include <string_view>
#include <vector>

#include "catalogue/tables.hpp"

namespace dialtone::catalogue {

enum class Type : std::uint8_t { kAny, kString, kInteger, kNumber, kBoolean, kObject, kArray };
enum class Method : std::uint8_t { kGet, kPost, kPut, kPatch, kDelete };
enum class Place : std::uint8_t { kPath, kQuery, kForm, kHeader };
enum class BodyKind : std::uint8_t { kNone, kForm, kJson };
enum class PathKind : std::uint8_t { kOther, kList, kInstance };

std::string_view text(TextRow row);
std::string_view name(Method method);
std::optional<Method> parse_method(std::string_view name);

class Property;
class Parameter;
class Path;
class Document;

class Schema {
 public:
  explicit Schema(std::uint32_t index);
  [[nodiscard]] std::uint32_t index() const { return index_; }
  [[nodiscard]] Type type() const { return static_cast<Type>(row_->type); }
  [[nodiscard]] bool nullable() const { return row_->nullable != 0; }
  [[nodiscard]] std::string_view format() const { return text(row_->format); }
  [[nodiscard]] std::string_view pattern() const { return text(row_->pattern); }
  /// "SM" where the pattern is that of a SID.
  [[nodiscard]] std::string_view sid_prefix() const { return text(row_->prefix); }
  [[nodiscard]] std::string_view default_json() const { return text(row_->default_json); }
  /// For a map parameter (`AddOns.name.key=value`): its prefix.
  [[nodiscard]] std::string_view map_prefix() const { return text(row_->map); }
  [[nodiscard]] std::size_t enum_count() const { return row_->enum_count; }
  [[nodiscard]] std::string_view enum_at(std::size_t i) const;
  [[nodiscard]] bool enum_contains(std::string_view value) const;
  [[nodiscard]] std::size_t property_count() const { return row_->property_count; }
  [[nodiscard]] Property property_at(std::size_t i) const;
  [[nodiscard]] std::optional<Property> property(std::string_view name) const;
  [[nodiscard]] Schema items() const { return Schema(row_->items); }
  [[nodiscard]] Schema additional() const { return Schema(row_->additional); }
  [[nodiscard]] std::size_t min_length() const { return row_->min_length; }
  [[nodiscard]] std::size_t max_length() const { return row_->max_length; }  ///< 0: no limit
  [[nodiscard]] std::size_t min_items() const { return row_->min_items; }
  [[nodiscard]] std::size_t max_items() const { return row_->max_items; }  ///< 0: no limit
  [[nodiscard]] std::optional<std::int32_t> minimum() const;
  [[nodiscard]] std::optional<std::int32_t> maximum() const;

 private:
  std::uint32_t index_;
  const SchemaRow* row_;
};

class Property {
 public:
  explicit Property(const PropertyRow* row) : row_(row) {}
  [[nodiscard]] std::string_view name() const { return text(row_->name); }
  [[nodiscard]] Schema schema() const { return Schema(row_->schema); }
  [[nodiscard]] bool required() const { return row_->required != 0; }

 private:
  const PropertyRow* row_;
};

class Parameter {
 public:
  explicit Parameter(const ParameterRow* row) : row_(row) {}
  [[nodiscard]] std::string_view name() const { return text(row_->name); }
  /// The resource's property that it sets (form) or is compared with (query); empty when there is none.
  [[nodiscard]] std::string_view property() const { return text(row_->property); }
  [[nodiscard]] Schema schema() const { return Schema(row_->schema); }
  [[nodiscard]] Place place() const { return static_cast<Place>(row_->place); }
  [[nodiscard]] bool required() const { return row_->required != 0; }

 private:
  const ParameterRow* row_;
};

struct Link {
  std::string_view name;
  std::string_view url;      ///< "/v1/Services/{service_sid}/Environments"
  std::string_view mapping;  ///< "service_sid=sid,account_sid=account_sid": placeholder = property of the resource
};

class Operation {
 public:
  explicit Operation(std::uint32_t index);
  [[nodiscard]] std::uint32_t index() const { return index_; }
  [[nodiscard]] std::string_view id() const { return text(row_->id); }  ///< unique within its document
  [[nodiscard]] std::string_view summary() const { return text(row_->summary); }
  [[nodiscard]] Method method() const { return static_cast<Method>(row_->method); }
  [[nodiscard]] Path path() const;
  [[nodiscard]] std::size_t parameter_count() const { return row_->parameter_count; }
  [[nodiscard]] Parameter parameter_at(std::size_t i) const;
  [[nodiscard]] BodyKind body_kind() const { return static_cast<BodyKind>(row_->body_kind); }
  [[nodiscard]] bool body_required() const { return row_->body_required != 0; }
  [[nodiscard]] Schema body() const { return Schema(row_->body); }  ///< of a JSON body
  [[nodiscard]] int status() const { return row_->status; }         ///< of success
  [[nodiscard]] bool has_content() const { return row_->has_content != 0; }
  [[nodiscard]] std::string_view content_type() const { return text(row_->content_type); }
  [[nodiscard]] Schema response() const { return Schema(row_->response); }
  /// The member of a list's answer that holds the rows; empty when the operation is no list.
  [[nodiscard]] std::string_view list_key() const { return text(row_->list_key); }
  [[nodiscard]] Schema item() const {
    return Schema(row_->item);
  }  ///< the resource: of a list its rows', else the response

 private:
  std::uint32_t index_;
  const OperationRow* row_;
};

class Path {
 public:
  explicit Path(std::uint32_t index);
  [[nodiscard]] std::uint32_t index() const { return index_; }
  [[nodiscard]] std::string_view host() const { return text(row_->host); }           ///< "api", "verify"
  [[nodiscard]] std::string_view path_template() const { return text(row_->path); }  ///< with {Name} placeholders
  [[nodiscard]] Document document() const;
  [[nodiscard]] PathKind kind() const { return static_cast<PathKind>(row_->kind); }
  [[nodiscard]] std::size_t operation_count() const { return row_->operation_count; }
  [[nodiscard]] Operation operation_at(std::size_t i) const;
  [[nodiscard]] std::optional<Operation> operation(Method method) const;
  [[nodiscard]] std::size_t link_count() const { return row_->link_count; }
  [[nodiscard]] Link link_at(std::size_t i) const;

 private:
  std::uint32_t index_;
  const PathRow* row_;
};

class Document {
 public:
  explicit Document(std::uint32_t index);
  [[nodiscard]] std::uint32_t index() const { return index_; }
  [[nodiscard]] std::string_view name() const { return text(row_->name); }  ///< "api_v2010"
  [[nodiscard]] std::size_t path_count() const { return row_->path_count; }
  [[nodiscard]] Path path_at(std::size_t i) const;

 private:
  std::uint32_t index_;
  const DocumentRow* row_;
};

std::uint32_t document_count();
std::uint32_t path_count();
std::uint32_t operation_count();

}  // namespace dialtone::catalogue
