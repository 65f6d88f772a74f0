#pragma once
// Files: written so that they survive a power cut, and never on the thread that serves requests.

#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/error.hpp"
#include "base/task.hpp"

namespace dialtone::functions {

/// The disk is full, read-only or broken; what was asked for did not happen.
inline constexpr ErrorRow kDiskError{20503, 503, "The server cannot write its files now"};

/// Writes a file and its bytes are on disk when this returns; a file of that name is replaced. The folder's entry is
/// not synced: sync_folder() does it.
Result<> write_file(const std::filesystem::path& file, std::string_view bytes);
Result<> sync_folder(const std::filesystem::path& folder);
/// Syncs every folder from `folder` downwards.
Result<> sync_folders(const std::filesystem::path& folder);
/// Syncs all that is not yet on the disk of `folder`: for many files that others wrote.
Result<> sync_filesystem(const std::filesystem::path& folder);
/// Makes the folder and those above it. Error: 20503.
Result<> make_folders(const std::filesystem::path& folder);
/// The whole file; 20404 when it is not there.
Result<std::string> read_file(const std::filesystem::path& file);
/// Copies a tree as hard links. Links are kept as they are.
Result<> link_tree(const std::filesystem::path& from, const std::filesystem::path& to);
/// Removes what is there, as far as it can be.
void remove_tree(const std::filesystem::path& path) noexcept;

/// Runs file work on a thread of its own, in the order of the calls.
class Disk {
 public:
  explicit Disk(Executor executor) : executor_(executor) {}
  ~Disk() { pool_.join(); }
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  /// `work` owns what it needs: the caller may be gone before it ends.
  template <typename Work>
  Task<std::invoke_result_t<Work&>> run(Work work) {
    using Value = std::invoke_result_t<Work&>;
    auto job = std::make_shared<Job<Value>>(executor_);
    asio::post(pool_, [job, executor = executor_, work = std::move(work)]() mutable {
      try {
        job->value.emplace(work());
      } catch (...) {
        job->failure = std::current_exception();
      }
      asio::post(executor, [job = std::move(job)] { job->done.set(); });
    });
    while (!co_await job->done.wait(kLookAgain)) {
    }
    if (job->failure) std::rethrow_exception(job->failure);
    co_return std::move(*job->value);
  }

 private:
  static constexpr std::chrono::milliseconds kLookAgain = std::chrono::minutes(10);

  template <typename Value>
  struct Job {
    explicit Job(Executor executor) : done(executor) {}
    Event done;
    std::optional<Value> value;
    std::exception_ptr failure;
  };

  Executor executor_;
  asio::thread_pool pool_{1};
};

}  // namespace dialtone::functions
