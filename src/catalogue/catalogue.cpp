#include "catalogue/catalogue.hpp"

#include <array>

namespace dialtone::catalogue {

extern const char kPool[];
extern const SchemaRow kSchemas[];
extern const PropertyRow kProperties[];
extern const TextRow kEnums[];
extern const ParameterRow kParameters[];
extern const LinkRow kLinks[];
extern const OperationRow kOperations[];
extern const PathRow kPaths[];
extern const DocumentRow kDocuments[];
extern const std::uint32_t kOperationsCount;
extern const std::uint32_t kPathsCount;
extern const std::uint32_t kDocumentsCount;

namespace {
constexpr std::array<std::string_view, 5> kMethodNames{"GET", "POST", "PUT", "PATCH", "DELETE"};
}  // namespace

std::string_view text(TextRow row) { return {kPool + row.at, row.size}; }

std::string_view name(Method method) { return kMethodNames[static_cast<std::size_t>(method)]; }

std::optional<Method> parse_method(std::string_view name) {
  for (std::size_t i = 0; i < kMethodNames.size(); ++i) {
    if (kMethodNames[i] == name) return static_cast<Method>(i);
  }
  return std::nullopt;
}

Schema::Schema(std::uint32_t index) : index_(index), row_(kSchemas + index) {}

std::string_view Schema::enum_at(std::size_t i) const { return text(kEnums[row_->first_enum + i]); }

bool Schema::enum_contains(std::string_view value) const {
  for (std::size_t i = 0; i < enum_count(); ++i) {
    if (enum_at(i) == value) return true;
  }
  return false;
}

Property Schema::property_at(std::size_t i) const { return Property(kProperties + row_->first_property + i); }

std::optional<Property> Schema::property(std::string_view name) const {
  for (std::size_t i = 0; i < property_count(); ++i) {
    if (property_at(i).name() == name) return property_at(i);
  }
  return std::nullopt;
}

std::optional<std::int32_t> Schema::minimum() const {
  return row_->minimum == kNoBound ? std::nullopt : std::optional(row_->minimum);
}

std::optional<std::int32_t> Schema::maximum() const {
  return row_->maximum == kNoBound ? std::nullopt : std::optional(row_->maximum);
}

Operation::Operation(std::uint32_t index) : index_(index), row_(kOperations + index) {}
Path Operation::path() const { return Path(row_->path); }
Parameter Operation::parameter_at(std::size_t i) const { return Parameter(kParameters + row_->first_parameter + i); }

Path::Path(std::uint32_t index) : index_(index), row_(kPaths + index) {}
Document Path::document() const { return Document(row_->document); }
Operation Path::operation_at(std::size_t i) const {
  return Operation(row_->first_operation + static_cast<std::uint32_t>(i));
}

std::optional<Operation> Path::operation(Method method) const {
  for (std::size_t i = 0; i < operation_count(); ++i) {
    if (operation_at(i).method() == method) return operation_at(i);
  }
  return std::nullopt;
}

Link Path::link_at(std::size_t i) const {
  const LinkRow& row = kLinks[row_->first_link + i];
  return {.name = text(row.name), .url = text(row.url), .mapping = text(row.mapping)};
}

Document::Document(std::uint32_t index) : index_(index), row_(kDocuments + index) {}
Path Document::path_at(std::size_t i) const { return Path(row_->first_path + static_cast<std::uint32_t>(i)); }

std::uint32_t document_count() { return kDocumentsCount; }
std::uint32_t path_count() { return kPathsCount; }
std::uint32_t operation_count() { return kOperationsCount; }

}  // namespace dialtone::catalogue
