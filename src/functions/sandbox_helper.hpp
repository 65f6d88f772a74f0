#pragma once
// The process that starts workers, each in a bubblewrap sandbox, gives a waiting one its build, watches their memory
// and ends them. It is the program itself, started again with kHelperWord, so that what it forks is small and has one
// thread. It goes when the program goes, and all workers with it.

#include <string>
#include <string_view>
#include <vector>

namespace dialtone::functions {

inline constexpr std::string_view kHelperWord = "functions-sandbox-helper";

/// What all workers of one helper have in common. Paths are absolute.
struct SandboxSettings {
  std::string node;          ///< the program
  std::string runtime;       ///< folder of worker.cjs
  std::string modules;       ///< folder that holds node_modules
  std::string ca_file = {};  ///< what TLS trusts beside Node's own roots; may be empty
  std::string told = {};     ///< JSON for the worker: where Twilio's hosts are
  bool sandboxed = true;
  bool network = true;  ///< may connect to the outside
  std::size_t memory_bytes_max = 256 * 1024 * 1024;
  std::size_t temporary_bytes_max = 64 * 1024 * 1024;
};

[[nodiscard]] std::vector<std::string> helper_arguments(const SandboxSettings& settings);

/// Runs the helper when the command line says so, and does not return then.
void run_helper_if_asked(int argc, char** argv);

}  // namespace dialtone::functions
