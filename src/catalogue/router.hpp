#pragma once
// Finds the operation for a host, method and path: a tree of path segments per host, built once from the catalogue.
// A literal segment wins over a placeholder. Case-sensitive, as Twilio's paths are.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalogue/catalogue.hpp"

namespace dialtone::catalogue {

inline constexpr std::size_t kPathSegmentsMax = 24;

/// How the path asked for its answer (2010 API): `.json`, `.csv`, or XML when nothing is said.
enum class Format : std::uint8_t { kJson, kXml, kCsv };

struct Match {
  Path path;  ///< the first that fits; documents may share one (content_v1 and its SDK edition)
  std::span<const std::uint32_t> paths;  ///< all of them
  Format format = Format::kJson;
  /// Values of the placeholders in order of the template, still percent-encoded.
  std::array<std::string_view, kPathSegmentsMax> values;
  std::size_t value_count = 0;

  /// The operation of that method, from whichever document has it.
  [[nodiscard]] std::optional<Operation> operation(Method method) const;
};

class Router {
 public:
  Router();
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  [[nodiscard]] bool knows_host(std::string_view host) const;
  /// `host` is the product ("api"); `path` the target without its query.
  [[nodiscard]] std::optional<Match> match(std::string_view host, std::string_view path) const;

 private:
  struct Node;
  std::unordered_map<std::string, std::unique_ptr<Node>> hosts_;
};

}  // namespace dialtone::catalogue
