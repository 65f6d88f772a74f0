#include <list>

#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "store/folder_lock.hpp"
#include "store/journal_tail.hpp"
#include "store/reader_pool.hpp"
#include "store/record_cache.hpp"
#include "store/sqlite_schema.hpp"
#include "store/sqlite_writer.hpp"

namespace dialtone::store {
namespace {

/// The io thread's side: answers from memory what it can, and brings the answers of the other threads to the coroutines
/// that wait. Those threads only ever post; what arrives after the store is gone is dropped.
class SqliteStore final : public Store {
 public:
  SqliteStore(Executor executor, const SqliteOptions& options, const std::string& database, FolderLock lock)
      : executor_(executor),
        lock_(std::move(lock)),
        cache_(options.cache_bytes_max),
        writer_(std::in_place, options.folder, database,
                Writer::Events{.committed = on_io<Batch>(&SqliteStore::committed),
                               .placed = on_io<std::uint64_t>(&SqliteStore::placed),
                               .place_failed = on_io<std::string>(&SqliteStore::place_failed)}),
        readers_(std::in_place, database, options.readers) {
    answered_ = placed_ = writer_->first_free_sequence() - 1;
    last_position_ = writer_->opening_position();
  }

  ~SqliteStore() override {
    *alive_ = false;
    send();
    writer_.reset();
    readers_.reset();
  }

  Task<Result<Committed>> commit(Transaction transaction) override {
    return asio::async_initiate<const asio::use_awaitable_t<Executor>, void(Result<Committed>)>(
        [this](CommitHandler handler, Transaction changes) {
          unsent_.push_back({.transaction = std::move(changes), .handler = std::move(handler)});
          if (unsent_.size() >= kGroupMax) {
            send();
          } else if (!sending_soon_) {
            send_soon();
          }
        },
        use_task, std::move(transaction));
  }
  bool answers_soon() const override { return in_flight_ > 0; }

  std::optional<RecordPtr> peek(std::string_view scope, std::string_view id) override { return cache_.find(scope, id); }

  Task<RecordPtr> get(std::string_view scope, std::string_view id) override {
    if (auto known = cache_.find(scope, id)) co_return *known;
    const Key key{.scope = std::string(scope), .id = std::string(id)};
    cache_.begin_read(key);
    RecordPtr record;
    std::exception_ptr failure;
    try {
      record = co_await ask<RecordPtr>([key](Reads& reads) { return reads.get(key); });
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) {
      cache_.cancel_read(key);
      std::rethrow_exception(failure);
    }
    cache_.end_read(key, record);
    // Somebody may have written meanwhile.
    if (auto known = cache_.find(key.scope, key.id)) co_return *known;
    co_return record;
  }

  Task<std::vector<RecordPtr>> list(ListQuery query) override {
    co_await placed_through(cache_.unplaced(query.scope));
    co_return co_await ask<std::vector<RecordPtr>>(
        [query = std::move(query)](Reads& reads) { return reads.list(query); });
  }

  Task<std::vector<std::string>> scopes_below(std::string path) override {
    co_await placed_through(answered_);
    co_return co_await ask<std::vector<std::string>>(
        [path = std::move(path)](Reads& reads) { return reads.scopes_below(path); });
  }

  Task<std::vector<JournalEntry>> journal(std::uint64_t after, std::size_t limit) override {
    std::vector<JournalEntry> found;
    const auto end = last_position_;
    while (found.size() < limit && after < end) {
      const auto before = found.size();
      if (!tail_.covers(after)) {
        auto more = co_await ask<std::vector<JournalEntry>>(
            [after, left = limit - before](Reads& reads) { return reads.journal(after, left); });
        std::ranges::move(more, std::back_inserter(found));
      }
      if (found.size() == before) tail_.read(after, limit, found);
      if (found.size() == before) break;
      after = found.back().position;
    }
    co_return found;
  }

  std::uint64_t last_position() const override { return last_position_; }

  Task<std::vector<OutboxRow>> outbox(std::uint64_t after, std::size_t limit) override {
    co_await placed_through(outbox_changed_);
    co_return co_await ask<std::vector<OutboxRow>>([after, limit](Reads& reads) { return reads.outbox(after, limit); });
  }

  Task<> settle() override { return placed_through(answered_); }

 private:
  using PlacedHandler = asio::async_result<asio::use_awaitable_t<Executor>, void(std::exception_ptr)>::handler_type;
  struct Waiter {
    std::uint64_t sequence;
    PlacedHandler handler;
  };

  /// A larger group does not wait for its turn to end: the writer syncs while this thread goes on.
  static constexpr std::size_t kGroupMax = 16;
  static constexpr std::size_t kSettledAtOnce = 128;  ///< records; less than 0.1 ms of work

  /// What this thread commits while events keep coming goes to the writer together: one wake-up, one sync. It goes
  /// after a turn of this thread that brought nothing more, or when the group is large enough.
  void send_soon() {
    sending_soon_ = true;
    asio::post(executor_, [this, alive = alive_] {
      if (!*alive) return;
      sending_soon_ = false;
      if (unsent_.size() > unsent_before_) {
        unsent_before_ = unsent_.size();
        send_soon();
      } else {
        send();
      }
    });
  }
  void send() {
    unsent_before_ = 0;
    in_flight_ += unsent_.size();
    if (!unsent_.empty()) writer_->submit(unsent_);
  }

  template <typename T>
  std::function<void(T)> on_io(void (SqliteStore::*member)(T)) {
    return [this, executor = executor_, alive = alive_, member](T value) {
      asio::post(executor, [this, alive, member, value = std::move(value)]() mutable {
        if (*alive) (this->*member)(std::move(value));
      });
    };
  }

  /// Runs `query` on a reader's thread.
  template <typename T, typename Query>
  Task<T> ask(Query query) {
    return asio::async_initiate<const asio::use_awaitable_t<Executor>, void(std::exception_ptr, T)>(
        [this](auto handler, Query question) {
          readers_->submit([executor = executor_, alive = alive_, handler = std::move(handler),
                            question = std::move(question)](Reads& reads) mutable {
            std::exception_ptr failure;
            T answer{};
            try {
              answer = question(reads);
            } catch (...) {
              failure = std::current_exception();
            }
            asio::post(executor, [alive = std::move(alive), handler = std::move(handler), failure,
                                  answer = std::move(answer)]() mutable {
              if (*alive) std::move(handler)(failure, std::move(answer));
            });
          });
        },
        use_task, std::move(query));
  }

  Task<> placed_through(std::uint64_t sequence) {
    if (placed_ >= sequence) co_return;
    co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(std::exception_ptr)>(
        [this, sequence](PlacedHandler handler) {
          waiters_.push_back({.sequence = sequence, .handler = std::move(handler)});
          writer_->place_through(sequence);
        },
        use_task);
  }

  void committed(Batch batch) {
    in_flight_ -= batch.requests.size();
    if (batch.sequence != 0) {
      answered_ = batch.sequence;
      last_position_ = std::max(last_position_, batch.journal.last);
      tail_.add(batch.sequence, std::move(batch.journal));
      for (CommitRequest& request : batch.requests) {
        if (request.error) continue;
        const Transaction& changes = request.transaction;
        if (!changes.rows.empty() || !changes.done.empty()) outbox_changed_ = batch.sequence;
        cache_.committed(batch.sequence, std::move(request.transaction.changes));
      }
    }
    const auto alive = alive_;
    for (CommitRequest& request : batch.requests) {
      if (!*alive) return;  // a coroutine that went on has closed the store
      if (request.error) {
        std::move(request.handler)(fail(std::move(*request.error)));
      } else {
        std::move(request.handler)(
            Committed{.first_position = request.first_position,
                      .last_position = request.first_position + request.transaction.entry_count - 1,
                      .entries = std::move(request.transaction.entries),
                      .rows = std::move(request.transaction.rows)});
      }
    }
  }

  void placed(std::uint64_t sequence) {
    if (std::exchange(placing_fails_, false)) log::info("store.places_again");
    placed_ = sequence;
    cache_.placed(sequence);
    tail_.placed(sequence);
    if (!settling_) settle_step();
    wake_waiters([sequence](const Waiter& waiter) { return waiter.sequence <= sequence; }, nullptr);
  }

  /// Lets go of what was placed, a step for each turn of this thread.
  void settle_step() {
    const bool more_records = cache_.settle(kSettledAtOnce);
    const bool more_entries = tail_.settle(kSettledAtOnce / 8);  // of many entries each
    settling_ = more_records || more_entries;
    if (!settling_) return;
    asio::post(executor_, [this, alive = alive_] {
      if (*alive) settle_step();
    });
  }

  void place_failed(std::string why) {
    if (!std::exchange(placing_fails_, true)) log::error("store.cannot_place", {{"error", why}});
    wake_waiters([](const Waiter&) { return true; }, std::make_exception_ptr(std::runtime_error(why)));
  }

  void wake_waiters(auto which, std::exception_ptr failure) {
    std::list<Waiter> ready;
    for (auto at = waiters_.begin(); at != waiters_.end();) {
      const auto waiter = at++;
      if (which(*waiter)) ready.splice(ready.end(), waiters_, waiter);
    }
    const auto alive = alive_;
    for (Waiter& waiter : ready) {
      if (!*alive) return;
      std::move(waiter.handler)(failure);
    }
  }

  Executor executor_;
  FolderLock lock_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< read and written on the io thread only

  RecordCache cache_;
  JournalTail tail_;
  std::uint64_t answered_ = 0;        ///< batch
  std::uint64_t placed_ = 0;          ///< batch
  std::uint64_t outbox_changed_ = 0;  ///< batch
  std::uint64_t last_position_ = 0;
  std::list<Waiter> waiters_;
  std::vector<CommitRequest> unsent_;
  std::size_t in_flight_ = 0;      ///< sent and not answered
  std::size_t unsent_before_ = 0;  ///< how many there were a turn ago
  bool sending_soon_ = false;
  bool placing_fails_ = false;
  bool settling_ = false;

  std::optional<Writer> writer_;
  std::optional<ReaderPool> readers_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(Executor executor, SqliteOptions options) {
  DT_TRY(auto lock, FolderLock::take(options.folder));
  const std::string database = options.folder + "/dialtone.db";
  try {
    {
      Database opening(database, Database::Role::kPlace);
      DT_CHECK(migrate(opening));
    }
    return std::make_unique<SqliteStore>(executor, options, database, std::move(lock));
  } catch (const std::exception& error) {
    return fail(
        {errors::kInternal, fmt::format("the data folder {} cannot be opened: {}", options.folder, error.what())});
  }
}

}  // namespace dialtone::store
