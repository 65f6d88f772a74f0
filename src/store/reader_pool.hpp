#pragma once
// Threads that ask the database, each on a connection of its own, in the order of the questions.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "store/sqlite_reads.hpp"

namespace dialtone::store {

class ReaderPool {
 public:
  using Job = std::move_only_function<void(Reads&)>;

  ReaderPool(const std::string& path, unsigned threads);
  /// Finishes the jobs under way; those that wait are dropped on the caller's thread.
  ~ReaderPool();
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;

  void submit(Job job);

 private:
  static constexpr auto kTidyAfter = std::chrono::seconds(1);  ///< idle; then the pages it keeps are let go

  void run(Reads& reads);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool stop_ = false;
  std::vector<std::unique_ptr<Reads>> reads_;
  std::vector<std::thread> threads_;
};

}  // namespace dialtone::store
