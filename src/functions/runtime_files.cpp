#include "functions/runtime_files.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

namespace dialtone::functions {
namespace {

namespace fs = std::filesystem;

constexpr ErrorRow kNoNode{82002, 503, "Functions need Node.js 20 or later, and no program named node is in PATH"};
constexpr ErrorRow kNoFiles{82002, 503, "The files of the functions runtime are not there"};

/// The one that built the program, else the first in PATH.
std::string find_node() {
  if (std::error_code error; ::access(DIALTONE_NODE, X_OK) == 0) return fs::canonical(DIALTONE_NODE, error).string();
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    const auto file = fs::path(rest.substr(0, end)) / "node";
    rest.remove_prefix(std::min(end + 1, rest.size()));
    std::error_code error;
    if (file.is_absolute() && ::access(file.c_str(), X_OK) == 0 && fs::is_regular_file(file, error)) {
      return fs::canonical(file, error).string();
    }
  }
  return {};
}

}  // namespace

Result<SandboxSettings> find_runtime() {
  SandboxSettings out{.node = find_node(), .runtime = DIALTONE_RUNTIME, .modules = DIALTONE_RUNTIME_MODULES};
  if (out.node.empty()) return fail(kNoNode);
  std::error_code error;
  for (const auto& folder : {out.runtime + "/worker.cjs", out.modules + "/node_modules/twilio"}) {
    if (!fs::exists(folder, error)) return fail({kNoFiles, fmt::format("{} is not there; run ./run again", folder)});
  }
  return out;
}

}  // namespace dialtone::functions
