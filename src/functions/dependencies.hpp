#pragma once
// The npm packages that a build asks for.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace dialtone::functions {

inline constexpr std::size_t kDependenciesMax = 100;

struct Dependency {
  std::string name;
  std::string version;  ///< "1.2.3", a range, "*" or a tag
  friend bool operator==(const Dependency&, const Dependency&) = default;
};

/// Reads the parameter Dependencies: a JSON array of objects with name and version. The serverless toolkit puts one
/// more pair of quotes around it. What is no package of the registry (a path, an address, an alias) is refused, for npm
/// would read files of this machine. Error: 20001.
Result<std::vector<Dependency>> parse_dependencies(std::string_view text);

/// "1.2.3", with or without what may follow it; no range.
[[nodiscard]] bool is_exact_version(std::string_view version);

inline constexpr ErrorRow kInstallFailed{82003, 400, "The dependencies of the build could not be installed"};

/// What every build has: the packages that workers have loaded beforehand.
[[nodiscard]] const std::vector<Dependency>& default_dependencies();

/// `@twilio/runtime-handler` is known by an exact version only. Error: 82003.
Result<> check_handler(const std::vector<Dependency>& dependencies);

/// Adds the default ones that are not there.
void add_defaults(std::vector<Dependency>& dependencies);

/// Those that must be installed for a build; the default ones are there already.
[[nodiscard]] std::vector<Dependency> to_install(const std::vector<Dependency>& dependencies);

}  // namespace dialtone::functions
