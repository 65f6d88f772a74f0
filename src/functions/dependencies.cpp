#include "functions/dependencies.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.hpp"
#include "functions/disk.hpp"

namespace dialtone::functions {
namespace {

constexpr std::size_t kNameMax = 214;  // npm's own limit
constexpr std::size_t kVersionMax = 100;
constexpr std::string_view kTwilio = "twilio";
constexpr std::string_view kHandler = "@twilio/runtime-handler";
constexpr std::string_view kHandlerVersion = "2.0.1";  ///< the contract that the workers keep

Error bad(std::string_view why) {
  return {errors::kBadRequest, fmt::format("Invalid parameter Dependencies: {}", why)};
}

bool is_word(std::string_view text) {
  return !text.empty() && text.front() != '.' && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '~';
  });
}

bool is_package_name(std::string_view name) {
  if (name.size() > kNameMax) return false;
  if (!name.starts_with('@')) return is_word(name);
  const std::size_t slash = name.find('/');
  return slash != std::string_view::npos && is_word(name.substr(1, slash - 1)) && is_word(name.substr(slash + 1));
}

/// A version, a range or a tag: nothing that names a place.
bool is_version(std::string_view version) {
  return version.size() <= kVersionMax && std::ranges::all_of(version, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view(" .-_+~^<>=|*").find(c) != std::string_view::npos;
         });
}

std::string twilio_version() {
#ifdef DIALTONE_RUNTIME_MODULES
  const auto text = read_file(std::filesystem::path(DIALTONE_RUNTIME_MODULES) / "node_modules/twilio/package.json");
  if (text) {
    if (const auto json = parse_json(*text); json && json->is_object()) {
      if (const auto version = text_of(json->get_object(), "version"); !version.empty()) return std::string(version);
    }
  }
#endif
  return "6.2.0";
}

}  // namespace

Result<std::vector<Dependency>> parse_dependencies(std::string_view text) {
  std::vector<Dependency> out;
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  if (text.empty()) return out;
  const auto value = parse_json(text);
  if (!value || !value->is_array()) return fail(bad("it is no JSON array of objects with name and version"));
  if (value->get_array().size() > kDependenciesMax) {
    return fail(bad(fmt::format("there are more than {} packages", kDependenciesMax)));
  }
  for (const json::value& each : value->get_array()) {
    if (!each.is_object()) return fail(bad("it is no JSON array of objects with name and version"));
    Dependency one{.name = std::string(text_of(each.get_object(), "name")),
                   .version = std::string(text_of(each.get_object(), "version"))};
    if (one.version.empty()) one.version = "*";
    if (!is_package_name(one.name)) return fail(bad(fmt::format("'{}' is no name of a package", one.name)));
    if (!is_version(one.version)) {
      return fail(bad(fmt::format("'{}' is no version of {}", one.version, one.name)));
    }
    if (std::ranges::find(out, one.name, &Dependency::name) != out.end()) {
      return fail(bad(fmt::format("{} is there twice", one.name)));
    }
    out.push_back(std::move(one));
  }
  return out;
}

bool is_exact_version(std::string_view version) {
  int dots = 0;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < version.size(); ++i) {
    const char c = version[i];
    if (c >= '0' && c <= '9') {
      ++digits;
    } else if (c == '.' && dots < 2 && digits > 0) {
      ++dots;
      digits = 0;
    } else {
      return dots == 2 && digits > 0 && (c == '-' || c == '+') && i + 1 < version.size() &&
             version.find_first_of(" |<>=^~*") == std::string_view::npos;
    }
  }
  return dots == 2 && digits > 0;
}

const std::vector<Dependency>& default_dependencies() {
  static const std::vector<Dependency> kDefaults{
      {.name = std::string(kTwilio), .version = twilio_version()},
      {.name = std::string(kHandler), .version = std::string(kHandlerVersion)}};
  return kDefaults;
}

Result<> check_handler(const std::vector<Dependency>& dependencies) {
  const auto found = std::ranges::find(dependencies, kHandler, &Dependency::name);
  if (found == dependencies.end() || is_exact_version(found->version)) return {};
  return fail({kInstallFailed, fmt::format("{}: {} must have an exact version, not '{}'", kInstallFailed.message,
                                           kHandler, found->version)});
}

void add_defaults(std::vector<Dependency>& dependencies) {
  for (const Dependency& each : default_dependencies()) {
    if (std::ranges::find(dependencies, each.name, &Dependency::name) == dependencies.end()) {
      dependencies.push_back(each);
    }
  }
}

std::vector<Dependency> to_install(const std::vector<Dependency>& dependencies) {
  std::vector<Dependency> out;
  for (const Dependency& each : dependencies) {
    if (each.name == kHandler) continue;  // the workers are the handler
    if (each.name == kTwilio &&
        (each.version == "*" || each.version == "latest" || each.version == default_dependencies().front().version)) {
      continue;
    }
    out.push_back(each);
  }
  return out;
}

}  // namespace dialtone::functions
