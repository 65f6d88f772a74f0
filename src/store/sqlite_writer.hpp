#pragma once
// Group commit. A thread takes all transactions that wait, checks their conditions in order, writes what holds as one
// frame of the log (one fdatasync) and hands the whole batch back at once. What was committed collects in the active
// generation, which goes to the placer when it is large enough, when nothing happens, or when a list waits for it.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/processor.hpp"
#include "store/generation.hpp"
#include "store/sqlite_placer.hpp"
#include "store/sqlite_reads.hpp"
#include "store/write_log.hpp"

namespace dialtone::store {

using CommitHandler = asio::async_result<asio::use_awaitable_t<Executor>, void(Result<Committed>)>::handler_type;

struct CommitRequest {
  Transaction transaction;
  CommitHandler handler;
  std::optional<Error> error = {};
  std::uint64_t first_position = 0;  ///< of its journal entries
};

/// One fsync's worth of answers.
struct Batch {
  std::uint64_t sequence = 0;  ///< 0: nothing was written
  JournalBlock journal;
  std::vector<CommitRequest> requests;
};

class Writer {
 public:
  struct Events {
    std::function<void(Batch batch)> committed;                ///< called on the writer's thread
    std::function<void(std::uint64_t sequence)> placed;        ///< called on the placer's thread
    std::function<void(const std::string& why)> place_failed;  ///< likewise
  };

  /// Replays the log of an earlier run. Throws SqliteError or std::runtime_error.
  Writer(const std::string& folder, const std::string& database, Events events);
  /// Commits and places all that is queued, then stops. What cannot be placed stays in the log.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Takes the requests; leaves `requests` empty.
  void submit(std::vector<CommitRequest>& requests);
  /// Asks that the batches up to `sequence` are placed soon; Events::placed or place_failed tells.
  void place_through(std::uint64_t sequence);

  /// As of the constructor.
  [[nodiscard]] std::uint64_t first_free_sequence() const { return first_sequence_; }
  [[nodiscard]] std::uint64_t opening_position() const { return opening_position_; }

 private:
  static constexpr auto kIdle = std::chrono::milliseconds(50);
  static constexpr std::size_t kBatchBytesMax = 4 << 20;
  /// Larger ones go to the placer. Small portions keep both processors evenly at work; much smaller ones would write
  /// the same pages too often.
  static constexpr std::size_t kGenerationBytesMax = 2 << 20;
  static constexpr std::size_t kHurryBytes = 16 << 20;       ///< then the placer no longer lets others go first
  static constexpr std::size_t kBacklogBytesMax = 64 << 20;  ///< then commits wait for the placer

  struct Counters {
    std::uint64_t sequence = 0;
    std::uint64_t position = 0;
    std::uint64_t outbox_id = 0;
  };

  void recover(Database& state);
  void run();
  void poke();
  void commit(std::span<CommitRequest> requests);
  void write(Batch& batch, const Counters& before, std::shared_ptr<const std::string> journal);
  bool make_room();
  std::optional<Error> check(const Transaction& transaction, const ChangeIndex& overlay);
  bool holds(const Transaction::Condition& condition, const ChangeIndex& overlay);
  void encode_request(CommitRequest& request, std::string& journal);
  void freeze_when_due(bool idle, std::uint64_t wanted);
  void freeze();
  void outage(const std::string& why);

  Events events_;

  Processor io_;  ///< the io thread's
  // Shared with the io thread and the placer's; made before the placer, which pokes until it is gone.
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<CommitRequest> queue_;
  std::uint64_t wanted_ = 0;
  bool poked_ = false;
  bool stop_ = false;
  std::atomic<bool> under_load_ = false;  ///< a generation was full

  WriteLog log_;
  Placer placer_;
  Reads reads_;

  // Only touched by the writer's thread once it runs.
  Counters counters_;
  std::uint64_t first_sequence_ = 0;
  std::uint64_t opening_position_ = 0;
  std::shared_ptr<Generation> active_ = std::make_shared<Generation>();
  std::shared_ptr<Generation> frozen_;  ///< with the placer, which reads it too
  std::string changes_;                 ///< of the batch, encoded
  std::string payload_;
  bool in_outage_ = false;
  bool all_placed_ = false;  ///< at the end
  std::thread thread_;
};

}  // namespace dialtone::store
