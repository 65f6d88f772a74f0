#pragma once
// Functions and assets are named, versioned and built in the same way; what differs is in these words.

#include <cstdint>
#include <string_view>

namespace dialtone::functions {

enum class SourceKind : std::uint8_t { kFunction, kAsset };

struct SourceWords {
  std::string_view word;           ///< "function"
  std::string_view collection;     ///< "Functions"
  std::string_view index;          ///< scope in the service that tells whose a version is
  std::string_view parameter;      ///< of a build: "FunctionVersions"
  std::string_view sid_property;   ///< "function_sid"
  std::string_view list_property;  ///< of a build: "function_versions"
  std::string_view versions_link;  ///< "function_versions"
  std::string_view placeholder;    ///< "FunctionSid"
  std::string_view path;           ///< of the catalogue
  std::string_view instance_path;
  std::string_view versions_path;
  std::string_view version_path;
};

const SourceWords& words_of(SourceKind kind);

}  // namespace dialtone::functions
