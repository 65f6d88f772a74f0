#pragma once
// What is live at a domain: an environment, the build that is deployed to it, and its variables. Deployments make and
// replace these values; the gateway and the workers only read them, and a request that began with one ends with it.
//
// A build is a folder that does not change once it is made:
//   handlers/ZN….js     source of every function version, `.mjs` for an ES module
//   files/ZN….EXT       private assets, under their path's extension
//   assets/ZN…          public and protected assets, which the program serves itself and no worker sees
//   node_modules/       the dependencies

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.hpp"

namespace dialtone::functions {

enum class Visibility : std::uint8_t { kPublic, kProtected, kPrivate };

/// One path of a build.
struct Route {
  enum class Kind : std::uint8_t { kFunction, kAsset };
  Kind kind = Kind::kFunction;
  std::string path;  ///< "/hello", exact match
  Visibility visibility = Visibility::kPublic;
  std::string sid;           ///< ZH…
  std::string version_sid;   ///< ZN…
  std::string file;          ///< below the build's folder
  std::string content_type;  ///< of an asset, as given at its upload
};

struct Bundle {
  std::string build_sid;
  std::string folder;                                ///< absolute
  std::string runtime;                               ///< "node22"
  std::map<std::string, Route, std::less<>> routes;  ///< by path
};

struct Deployed {
  std::string account_sid;
  std::string service_sid;
  std::string environment_sid;
  std::string deployment_sid;
  std::string domain_name;  ///< name-1234-dev.twil.io
  bool include_credentials = true;
  std::map<std::string, std::string> variables;
  std::shared_ptr<const Bundle> bundle;
};
using DeployedPtr = std::shared_ptr<const Deployed>;

/// One line that a function wrote, or the platform about it.
struct LogLine {
  enum class Level : std::uint8_t { kInfo, kWarn, kError };
  DeployedPtr deployed;
  std::string function_sid;
  std::string request_sid;  ///< RQ…
  Level level = Level::kInfo;
  std::string message;
};

/// What the gateway and the workers ask of the products around them.
class Deployments {
 public:
  using Listener = std::function<void(std::string_view environment_sid, DeployedPtr now)>;

  virtual ~Deployments() = default;
  /// What is live at a domain, with or without ".twil.io"; null when nothing is.
  [[nodiscard]] virtual DeployedPtr find(std::string_view domain_name) const = 0;
  /// Called when an environment's deployment or variables changed, with null when it is gone.
  virtual void subscribe(Listener listener) = 0;
  /// Keeps log lines: records for the Logs API, journal entries `function.log`, alerts 82004 and 82005.
  virtual Task<> keep(std::vector<LogLine> lines) = 0;
};

}  // namespace dialtone::functions
