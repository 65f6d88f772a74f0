#pragma once
// One process per data folder: an exclusive lock on DIR/lock, which the system gives back however the process ends.

#include <string>

#include "base/error.hpp"

namespace dialtone::store {

class FolderLock {
 public:
  /// Error: 500, its message names the folder and the process that holds it, or why the folder cannot be written.
  static Result<FolderLock> take(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_;
};

}  // namespace dialtone::store
