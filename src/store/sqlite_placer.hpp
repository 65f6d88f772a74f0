#pragma once
// Brings generations to their final place, one SQLite transaction each, on a thread of its own: the commit path never
// waits for the tables. A generation that cannot be placed stays and is tried again; until then the log keeps it safe.
// So does it what was placed and is only in the system's memory: the disk is told to keep it from time to time.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/hash.hpp"
#include "base/processor.hpp"
#include "store/generation.hpp"
#include "store/run_writer.hpp"
#include "store/sqlite_checkpointer.hpp"
#include "store/sqlite_database.hpp"

namespace dialtone::store {

class Placer {
 public:
  struct Events {
    std::function<void(std::uint64_t sequence)> placed;  ///< called on the placer's thread
    std::function<void(const std::string& why)> failed;  ///< likewise, after each failed attempt
  };

  /// The database was migrated. `io` is where the io thread runs.
  Placer(const std::string& path, const Processor& io, Events events);
  ~Placer();
  Placer(const Placer&) = delete;
  Placer& operator=(const Placer&) = delete;

  /// Before start(), on the caller's thread. Throws SqliteError.
  void place(const Generation& generation);
  /// What was placed is in the database for good. Likewise, and after stop().
  void sync();
  void start();
  /// Ends the thread.
  void stop();

  /// Only when idle().
  void offer(std::shared_ptr<const Generation> generation);
  [[nodiscard]] bool idle() const;
  /// Somebody waits for what was committed up to `sequence`: until it is placed this thread lets nobody go first.
  void hurry(std::uint64_t sequence);
  /// How much waits behind what is being placed: the more, the less often others go first.
  void set_backlog(std::size_t bytes) { backlog_.store(bytes, std::memory_order_relaxed); }
  /// The last batch that is in the database for good, and no longer needs the log.
  [[nodiscard]] std::uint64_t durable() const { return durable_; }
  /// Tries at once what failed, and waits until an attempt has ended. True when idle.
  bool retry();

 private:
  static constexpr auto kRetryInterval = std::chrono::milliseconds(250);
  static constexpr auto kTidyAfter = std::chrono::seconds(1);
  static constexpr std::size_t kScopesMax = 10'000;  ///< scope numbers kept in memory
  static constexpr std::size_t kJournalRowBytesMax = 64 << 10;

  static constexpr std::size_t kUnsyncedBytesMax = 16 << 20;  ///< placed and perhaps only in the system's memory
  static constexpr std::size_t kWalBytesMax = 192 << 20;      ///< then it is moved here
  static constexpr auto kBreathAfter = std::chrono::microseconds(80);
  static constexpr std::size_t kPortion = 64;           ///< changes that are merged at once
  static constexpr std::size_t kBacklogStep = 2 << 20;  ///< bytes; for each a breath comes so much later
  static constexpr unsigned kComparedAtOnce = 2048;

  // What a generation changes, shown where it lies.
  struct NewRecord {
    std::string_view path;
    std::int64_t scope;
    std::string_view id;  ///< as it is ordered
    std::size_t order;    ///< the last word on a record counts
    bool erased;
    std::string_view record;
  };
  struct NewTerm {
    std::int64_t scope;
    std::string_view term;  ///< its key
    std::string_view id;
    bool erased;
  };
  struct NewRow {
    std::uint64_t id;
    std::string_view row;  ///< encoded; empty: done
  };

  void run();
  void tidy();
  bool attempt(const Generation& generation);
  void place_all(const Generation& generation);
  void place_records(std::vector<NewRecord>& records);
  void place_rows(std::vector<NewRow>& rows);
  void erase_tree(const std::string& path);
  std::int64_t scope_number(std::string_view path);
  void merge(std::int64_t scope, std::string_view term, std::span<const RunChange> changes,
             const RunWriter::OnOld& on_old);
  void place_journal(const std::vector<JournalBlock>& blocks);
  void breathe();
  auto patiently(auto key);

  Events events_;
  Database database_;
  Checkpointer checkpointer_;
  Statement begin_, commit_;
  Statement find_scope_, add_scope_, scopes_in_, erase_scope_, erase_runs_in_;
  RunWriter runs_;
  Statement add_row_, erase_row_, add_journal_, set_state_;
  std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> scopes_;
  std::string buffer_, packed_;
  std::uint64_t placed_ = 0;         ///< batch
  std::uint64_t first_in_work_ = 0;  ///< batch of the generation that is being placed
  std::size_t unsynced_bytes_ = 0;
  SideStep aside_;
  std::chrono::steady_clock::time_point breath_;  ///< when others last had the choice to go first

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<const Generation> slot_;
  bool failing_ = false;
  bool retry_ = false;
  bool stop_ = false;
  std::uint64_t attempts_ = 0;
  std::atomic<std::uint64_t> hurry_ = 0;  ///< batch
  std::atomic<std::size_t> backlog_ = 0;
  std::atomic<std::uint64_t> durable_ = 0;  ///< batch
  std::thread thread_;
};

}  // namespace dialtone::store
