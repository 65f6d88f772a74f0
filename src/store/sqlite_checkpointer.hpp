#pragma once
// Moves the WAL into the database on a thread of the lowest priority: it copies many megabytes at a time, and nobody
// waits for that. Where it cannot keep up the placer does it.

#include <condition_variable>
#include <mutex>
#include <thread>

#include "store/sqlite_database.hpp"

namespace dialtone::store {

class Checkpointer {
 public:
  static constexpr std::size_t kWalBytesMax = 32 << 20;  ///< of WAL; then it is moved

  explicit Checkpointer(const std::string& path);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  /// From any thread.
  void wake();

 private:
  void run();

  Database database_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool due_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace dialtone::store
