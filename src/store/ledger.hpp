#pragma once
// The one way product code changes state. Commits a transaction, then tells the journal's readers what happened and
// hands the outbox rows to those who act on them. A row is handled until its handler has committed it as done: after a
// crash the outbox is read again and work goes on where it stood.

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/clock.hpp"
#include "store/store.hpp"

namespace dialtone::store {

class Ledger {
 public:
  /// Acts on a row and commits it as done. An error leaves the row; it is tried again after kRetryDelay.
  using Handler = std::function<Task<Result<>>(OutboxRow)>;
  using Listener = std::function<void(const EntryView&)>;

  static constexpr std::size_t kLoadedMax = 20'000;  ///< rows held in memory; the rest waits in the store
  static constexpr std::size_t kRunningMax = 2'000;  ///< handlers at work at once
  static constexpr std::chrono::milliseconds kRetryDelay{500};

  Ledger(Executor executor, Clock& clock, Store& store) : executor_(executor), clock_(clock), store_(store) {}

  Store& store() { return store_; }
  Clock& clock() { return clock_; }

  Task<Result<Committed>> commit(Transaction transaction);
  /// The same, and ends with it all rows that mention `text` (an account's SID; empty: all rows there are). A handler
  /// that is at work on one of them can no longer commit: what it made of a state that is gone goes with it.
  Task<Result<Committed>> commit_and_revoke(Transaction transaction, std::string text);
  /// The same as commit() for callers who only ask whether it is done.
  Task<Result<>> finish(Transaction transaction);

  /// Rows whose kind is `kind` go to `handler`. All handlers are registered before start().
  void on(std::string kind, Handler handler);
  /// Reads what a former run left in the outbox and begins to act on it.
  Task<> start();

  /// Calls `listener` for each committed entry, in order. Returns an id for unsubscribe().
  std::uint64_t subscribe(Listener listener);
  void unsubscribe(std::uint64_t id);

  /// Until release(), no row is begun to be acted on. Those that are at work go on.
  void hold() { ++holds_; }
  void release() {
    if (--holds_ == 0) pump();
  }
  /// How many transactions were committed so far.
  [[nodiscard]] std::uint64_t commits() const { return commits_; }

  /// No row is being handled or due. (Rows due later do not count.)
  [[nodiscard]] bool idle() const { return running_ == 0 && ready_.empty(); }
  /// Handlers at work.
  [[nodiscard]] std::size_t running() const { return running_; }

 private:
  struct Subject {
    std::list<OutboxRow> rows;  ///< in order; the front one may be at work
    bool at_work = false;
    Clock::TimerId timer = 0;  ///< of a front row that is due later
  };

  struct Subscription {
    std::uint64_t id;
    Listener listener;
    bool gone;
  };

  Task<Result<Committed>> write(Transaction transaction);
  void tell(const EntryView& entry);
  void sweep_listeners();
  void accept(const std::vector<OutboxRow>& rows);
  void plan(const std::string& subject, Subject& queue);
  void enqueue(OutboxRow row);
  void pump();
  Task<> handle(std::string subject);
  Task<> load();

  Executor executor_;
  Clock& clock_;
  Store& store_;
  std::unordered_map<std::string, Handler> handlers_;
  std::vector<std::unique_ptr<Subscription>> listeners_;
  std::uint64_t last_listener_ = 0;
  unsigned telling_ = 0;       ///< calls of tell() under way
  bool unsubscribed_ = false;  ///< some of listeners_ are gone

  std::unordered_map<std::string, Subject> subjects_;
  std::deque<std::string> ready_;                  ///< subjects whose front row may start
  std::unordered_set<std::uint64_t> revoked_ids_;  ///< rows that are at work and were ended by others
  std::size_t loaded_ = 0;
  std::size_t running_ = 0;
  std::size_t holds_ = 0;
  std::uint64_t commits_ = 0;
  std::uint64_t loaded_to_ = 0;     ///< rows up to here were taken from the store or a commit
  std::uint64_t committed_to_ = 0;  ///< the last id a commit gave
  bool behind_ = false;             ///< rows after loaded_to_ wait in the store
  bool loading_ = false;
  bool started_ = false;
};

}  // namespace dialtone::store
