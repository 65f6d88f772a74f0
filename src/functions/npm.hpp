#pragma once
// Installs packages with npm: one installation at a time, without running anything that is in them, and without our
// environment. What was asked for by exact versions is kept and used again.

#include <filesystem>
#include <vector>

#include "functions/dependencies.hpp"
#include "functions/disk.hpp"
#include "functions/folders.hpp"

namespace dialtone::functions {

class Npm {
 public:
  static constexpr std::chrono::minutes kLimit{4};  ///< the toolkit waits for a build for five
  static constexpr std::size_t kSetsMax = 30;       ///< kept for builds to come

  Npm(Executor executor, const Folders& folders, Disk& disk) : executor_(executor), folders_(folders), disk_(disk) {}

  /// Puts a folder node_modules with these packages into `folder`. Error: 82003, with what npm said.
  Task<Result<>> install(std::vector<Dependency> dependencies, std::filesystem::path folder);

 private:
  Task<Result<>> fetch(std::vector<Dependency> dependencies, std::filesystem::path into);
  Task<> wait_for_turn();
  void end_turn();

  Executor executor_;
  const Folders& folders_;
  Disk& disk_;
  bool busy_ = false;
  std::vector<std::shared_ptr<Event>> waiting_;
};

}  // namespace dialtone::functions
