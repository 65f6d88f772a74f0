#pragma once
// A program that is run for its result, with a limit of time. It gets the environment that it is given and nothing of
// ours, and ends when we do, however that comes.

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/task.hpp"

namespace dialtone::functions {

inline constexpr std::size_t kChildOutputMax = 16 * 1024;  ///< the end of what it wrote is kept

struct ChildCommand {
  std::vector<std::string> arguments;  ///< the first is the program, looked for in PATH
  std::vector<std::string> environment;
  std::filesystem::path folder;  ///< where it works
  std::chrono::milliseconds limit = std::chrono::minutes(1);
};

struct ChildEnd {
  int status = 0;  ///< exit status, or minus the signal
  bool in_time = true;
  std::string output;
};

/// Runs it to its end. Error: 20500 when it cannot be started.
Task<Result<ChildEnd>> run_child(Executor executor, ChildCommand command);

/// A program by name in PATH; empty when there is none.
std::string find_program(std::string_view name);

}  // namespace dialtone::functions
