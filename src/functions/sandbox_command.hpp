#pragma once
// The command line that starts a worker.

#include <string>
#include <vector>

#include "functions/sandbox_helper.hpp"

namespace dialtone::functions {

inline constexpr const char* kBuildFolder = "/build";  ///< where a sandbox has its build

struct SandboxFds {
  int info = -1;     ///< bubblewrap says there what the process is
  int seccomp = -1;  ///< the system call filter
};

[[nodiscard]] std::vector<std::string> worker_command(const SandboxSettings& settings, const SandboxFds& fds);
/// The same sandbox around a program that ends at once.
[[nodiscard]] std::vector<std::string> probe_command(const SandboxSettings& settings, const SandboxFds& fds);

}  // namespace dialtone::functions
