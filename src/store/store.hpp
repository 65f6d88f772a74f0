#pragma once
// Everything that must survive. A Transaction carries the records it changes, the journal entries that tell of it and
// the outbox rows that will act on it; it happens as a whole or not at all, and once commit() has answered it survives
// SIGKILL and power loss.
//
// Records live in scopes, slash-separated paths that begin with the owning account ("AC…/api/Messages"), and are found
// by id within one. Ids are mostly SIDs and are ordered by what follows their two letters, which is the order of age
// (ordered_id.hpp). A record's value is opaque bytes (mostly the JSON that goes over the wire). A record may name index
// terms (field, value) by which list() finds it.
//
// All members are called from the one io_context thread, and all results arrive there.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/task.hpp"

namespace dialtone::store {

struct Key {
  std::string scope;
  std::string id;
  friend bool operator==(const Key&, const Key&) = default;
};

struct Term {
  std::string field;  ///< e.g. "to"
  std::string value;
  friend bool operator==(const Term&, const Term&) = default;
};

/// A stored record. Shared because the cache, a reader and a transaction may hold it at once; never changed.
struct Record {
  std::string id;
  std::string value;
  std::vector<Term> terms;
};
using RecordPtr = std::shared_ptr<const Record>;

/// A journal entry as whoever makes it or hears of it sees it: the texts lie elsewhere.
struct EntryView {
  std::uint64_t position = 0;  ///< given by the store, ascending without gaps that matter; 0 before commit
  TimePoint at = {};
  std::string_view kind = {};     ///< e.g. "message.sent"
  std::string_view account = {};  ///< owning account's SID
  std::string_view subject = {};  ///< SID or number that it is about
  std::string_view data = {};     ///< JSON object
};

/// The same with its texts.
struct JournalEntry {
  std::uint64_t position = 0;
  TimePoint at;
  std::string kind;
  std::string account;
  std::string subject;
  std::string data;

  operator EntryView() const {  // NOLINT(google-explicit-constructor): it is the same thing
    return {.position = position, .at = at, .kind = kind, .account = account, .subject = subject, .data = data};
  }
};

struct OutboxRow {
  std::uint64_t id = 0;  ///< given by the store at commit
  TimePoint due;
  std::string kind;     ///< names the handler, e.g. "message.deliver"
  std::string subject;  ///< rows of one subject are handled in order
  std::string data;
};

/// Collects what is to change, encoded as it will be written.
class Transaction {
 public:
  void put(std::string_view scope, const Record& record) { put(scope, record.id, record.value, record.terms); }
  void put(std::string_view scope, const RecordPtr& record) { put(scope, *record); }
  void put(std::string_view scope, std::string_view id, std::string_view value, std::span<const Term> terms = {});
  void erase(std::string_view scope, std::string_view id);
  /// Erases every record whose scope is `path` or lies below it ("path/…").
  void erase_tree(std::string_view path);
  void journal(const EntryView& entry);
  void outbox(OutboxRow row);
  void outbox_done(std::uint64_t id);
  /// Commit fails with Conflict when such a record exists (a unique name that is taken).
  void require_absent(std::string scope, std::string id);
  /// Commit fails with Conflict unless the record exists and its value is still `seen`'s (nobody wrote between read and
  /// write).
  void require_unchanged(std::string scope, RecordPtr seen);
  /// Takes over the records that `other` changes, and its outbox rows.
  void add_changes(const Transaction& other);

  struct Condition {
    std::string scope;
    std::string id;
    RecordPtr seen;  ///< null: must be absent
  };

  std::vector<Condition> conditions;
  std::string changes;  ///< encoded (codec.hpp), without rows
  std::size_t change_count = 0;
  std::string entries;  ///< likewise
  std::size_t entry_count = 0;
  std::vector<OutboxRow> rows;
  std::vector<std::uint64_t> done;
};

/// What a commit made: entries and rows with their positions and ids filled in, in the order given.
struct Committed {
  std::uint64_t first_position = 0;  ///< of the entries
  std::uint64_t last_position = 0;   ///< before the first when there are none
  std::string entries;               ///< encoded; see for_each_entry()
  std::vector<OutboxRow> rows;

  void for_each_entry(const std::function<void(const EntryView&)>& visit) const;
};

/// A condition did not hold; nothing was changed.
inline constexpr ErrorRow kConflict{20409, 409, "Conflict"};
/// The disk is full, read-only or broken; nothing was changed. The next commit tries again.
inline constexpr ErrorRow kUnavailable{20503, 503, "The store cannot write now; nothing was changed"};

struct ListQuery {
  std::string scope;
  std::optional<Term> term = {};  ///< only records that have this term
  /// Continue after this id in the direction of the list (exclusive). Empty: from the beginning.
  std::string after = {};
  /// Where the list ends in its direction (inclusive). Empty: nowhere.
  std::string until = {};
  bool oldest_first = false;  ///< default newest (largest id) first
  std::size_t limit = 50;
};

class Store {
 public:
  /// On the io thread, before its io_context goes. Commits what is queued; coroutines that still wait are not resumed.
  virtual ~Store() = default;

  /// Answers when the transaction is durable. Transactions take effect in the order of the calls.
  virtual Task<Result<Committed>> commit(Transaction transaction) = 0;
  /// Commits are on their way to the disk: the first is answered as soon as that has synced them.
  [[nodiscard]] virtual bool answers_soon() const = 0;

  /// The record as of the last answered commit or later; null when there is none.
  virtual Task<RecordPtr> get(std::string_view scope, std::string_view id) = 0;
  /// The same when it can be told from memory without waiting; nullopt when the disk must be asked.
  virtual std::optional<RecordPtr> peek(std::string_view scope, std::string_view id) = 0;
  /// Records of one scope, every answered commit included.
  virtual Task<std::vector<RecordPtr>> list(ListQuery query) = 0;
  /// The scopes that hold records and are `path` or lie below it; all for an empty path.
  virtual Task<std::vector<std::string>> scopes_below(std::string path) = 0;

  /// Entries with position > after, ascending.
  virtual Task<std::vector<JournalEntry>> journal(std::uint64_t after, std::size_t limit) = 0;
  virtual std::uint64_t last_position() const = 0;
  /// Rows with id > after, ascending by id.
  virtual Task<std::vector<OutboxRow>> outbox(std::uint64_t after, std::size_t limit) = 0;

  /// Waits until all that was committed has reached its final place. For tests and shutdown.
  virtual Task<> settle() = 0;
};

/// Keeps all in memory: `--memory`.
std::unique_ptr<Store> open_memory(Executor executor);

struct SqliteOptions {
  std::string folder;                     ///< must exist; holds dialtone.db, its log (log.N) and a lock
  std::size_t cache_bytes_max = 8 << 20;  ///< values kept in memory for get()
  unsigned readers = 2;                   ///< threads that read
};
/// Opens (and on first use creates, on a new version migrates) the database in a folder. Fails with a clear message
/// when another process has the folder, when it cannot be written, or when it was made by a newer version.
Result<std::unique_ptr<Store>> open_sqlite(Executor executor, SqliteOptions options);

}  // namespace dialtone::store
