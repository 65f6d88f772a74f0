#include "rest/context.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>

namespace dialtone::rest {

const std::string* Fields::find(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string_view Fields::get(std::string_view name) const {
  const std::string* found = find(name);
  return found ? std::string_view(*found) : std::string_view{};
}

std::vector<std::string> Fields::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : pairs_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

bool Fields::flag(std::string_view name, bool otherwise) const {
  const std::string_view value = get(name);
  if (boost::iequals(value, "true")) return true;
  if (boost::iequals(value, "false")) return false;
  return otherwise;
}

std::string_view Context::value(std::string_view name) const {
  for (const auto& [key, text] : values) {
    if (key == name) return text;
  }
  return {};
}

Error not_found(const Context& context) {
  return {errors::kNotFound, fmt::format("The requested resource {} was not found", context.path)};
}

}  // namespace dialtone::rest
