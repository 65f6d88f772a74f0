#include "store/sqlite_placer.hpp"

#include <unordered_set>

#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <sqlite3.h>

#include "store/codec.hpp"
#include "store/ordered_id.hpp"
#include "store/pack.hpp"

namespace dialtone::store {

Placer::Placer(const std::string& path, const Processor& io, Events events)
    : events_(std::move(events)),
      database_(path, Database::Role::kPlace),
      checkpointer_(path),
      begin_(database_, "BEGIN IMMEDIATE"),
      commit_(database_, "COMMIT"),
      find_scope_(database_, "SELECT number FROM scope WHERE path = ?1"),
      add_scope_(database_, "INSERT INTO scope(path) VALUES(?1)"),
      scopes_in_(database_, "SELECT number FROM scope WHERE path = ?1 OR (path > ?1 || '/' AND path < ?1 || '0')"),
      erase_scope_(database_, "DELETE FROM scope WHERE number = ?1"),
      erase_runs_in_(database_, "DELETE FROM run WHERE scope = ?1"),
      runs_(database_),
      add_row_(database_, "INSERT OR REPLACE INTO outbox(id, row) VALUES(?1, ?2)"),
      erase_row_(database_, "DELETE FROM outbox WHERE id = ?1"),
      add_journal_(
          database_,
          "INSERT OR REPLACE INTO journal(first_position, last_position, entries, packed) VALUES(?1, ?2, ?3, 1)"),
      set_state_(database_, "UPDATE state SET placed_sequence = ?1, last_position = ?2, last_outbox_id = ?3"),
      aside_(io) {}

Placer::~Placer() { stop(); }

void Placer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Placer::start() {
  thread_ = std::thread([this] { run(); });
  ::pthread_setname_np(thread_.native_handle(), "store-placer");
}

void Placer::offer(std::shared_ptr<const Generation> generation) {
  {
    const std::lock_guard lock(mutex_);
    slot_ = std::move(generation);
  }
  wake_.notify_all();
}

bool Placer::idle() const {
  const std::lock_guard lock(mutex_);
  return !slot_;
}

void Placer::hurry(std::uint64_t sequence) {
  for (auto known = hurry_.load(); known < sequence && !hurry_.compare_exchange_weak(known, sequence);) {
  }
}

bool Placer::retry() {
  std::unique_lock lock(mutex_);
  const auto before = attempts_;
  retry_ = true;
  wake_.notify_all();
  wake_.wait(lock, [&] { return !slot_ || attempts_ != before; });
  return !slot_;
}

void Placer::run() {
  before_each_write([this] { breathe(); });
  bool untidy = false;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const auto due = [&] { return stop_ || slot_; };
    if (!slot_ && untidy && !wake_.wait_for(lock, kTidyAfter, due)) {
      lock.unlock();
      tidy();
      untidy = false;
      lock.lock();
    }
    if (!slot_) {
      if (!untidy) wake_.wait(lock, due);
      continue;
    }
    untidy = true;
    if (failing_ && !retry_) wake_.wait_for(lock, kRetryInterval, [&] { return stop_ || retry_; });
    if (stop_) break;
    retry_ = false;
    auto generation = slot_;
    lock.unlock();
    const bool done = attempt(*generation);
    const auto sequence = generation->last_sequence;
    generation.reset();
    lock.lock();
    ++attempts_;
    failing_ = !done;
    if (done) slot_.reset();
    lock.unlock();
    wake_.notify_all();
    if (done) events_.placed(sequence);
    lock.lock();
  }
}

/// After a burst: the WAL moves into the database while nobody waits, and memory goes back to the system.
void Placer::tidy() {
  try {
    sync();
  } catch (const std::exception& error) {
    events_.failed(error.what());
  }
  database_.checkpoint();
  database_.release_memory();
  ::malloc_trim(0);
}

bool Placer::attempt(const Generation& generation) {
  try {
    place(generation);
    if (unsynced_bytes_ > kUnsyncedBytesMax) sync();
    return true;
  } catch (const std::exception& error) {
    events_.failed(error.what());
    return false;
  }
}

void Placer::place(const Generation& generation) {
  first_in_work_ = generation.first_sequence;
  begin_.execute();
  try {
    place_all(generation);
    commit_.execute();
  } catch (...) {
    if (database_.in_transaction()) database_.execute("ROLLBACK");
    scopes_.clear();  // some may have been numbered in the transaction that is gone
    throw;
  }
  if (database_.wal_bytes() > kWalBytesMax) {
    database_.checkpoint();
  } else if (database_.wal_bytes() > Checkpointer::kWalBytesMax) {
    checkpointer_.wake();
  }
  placed_ = generation.last_sequence;
  unsynced_bytes_ += generation.bytes;
}

void Placer::sync() {
  if (unsynced_bytes_ == 0) return;
  database_.sync();
  unsynced_bytes_ = 0;
  durable_ = placed_;
}

/// Who waits for this processor has work that is shorter, and somebody waits for that. A scheduler may let this thread
/// go on for milliseconds all the same, while another processor has nothing to do.
void Placer::breathe() {
  const auto now = std::chrono::steady_clock::now();
  const auto step = backlog_.load(std::memory_order_relaxed) / kBacklogStep;
  if (now - breath_ < kBreathAfter * (1 + step)) return;
  aside_.look();
  if (hurry_.load(std::memory_order_relaxed) < first_in_work_) ::sched_yield();
  breath_ = std::chrono::steady_clock::now();
}

/// `key` for a sort, which takes long.
auto Placer::patiently(auto key) {
  return [this, key, count = 0U](const auto& each) mutable {
    if (++count % kComparedAtOnce == 0) breathe();
    return key(each);
  };
}

void Placer::place_all(const Generation& generation) {
  std::vector<NewRecord> records;
  std::vector<NewRow> rows;
  std::vector<std::string_view> trees;
  for (const auto& batch : generation.changes) {
    breathe();
    for (ChangeReader in(*batch); in.next();) {
      switch (in.kind) {
        case ChangeReader::Kind::kPut:
        case ChangeReader::Kind::kErase: {
          const bool erased = in.kind == ChangeReader::Kind::kErase;
          records.push_back({.path = in.scope,
                             .scope = 0,
                             .id = in.id,
                             .order = records.size(),
                             .erased = erased,
                             .record = in.record});
          break;
        }
        case ChangeReader::Kind::kEraseTree:
          std::erase_if(records, [&](const NewRecord& record) { return lies_in(record.path, in.scope); });
          trees.push_back(in.scope);
          break;
        case ChangeReader::Kind::kRow:
          rows.push_back({.id = in.row_id, .row = in.row});
          break;
        case ChangeReader::Kind::kDone:
          rows.push_back({.id = in.row_id, .row = {}});
          break;
      }
    }
  }
  for (const std::string_view path : trees) erase_tree(std::string(path));
  place_records(records);
  place_rows(rows);
  place_journal(generation.journal);
  set_state_.execute(generation.last_sequence, generation.last_position, generation.last_outbox_id);
}

/// Records first, for the old ones say which terms go.
void Placer::place_records(std::vector<NewRecord>& records) {
  std::string ids;
  std::size_t bytes = 0;
  for (const NewRecord& record : records) bytes += record.id.size() + 1;
  ids.reserve(bytes);  // it must not move
  for (NewRecord& record : records) {
    record.scope = scope_number(record.path);
    const auto begin = ids.size();
    append_ordered_id(ids, record.id);
    record.id = std::string_view(ids).substr(begin);
  }
  std::ranges::sort(records, {}, patiently([](const NewRecord& r) { return std::tie(r.scope, r.id, r.order); }));

  std::unordered_set<std::string, TextHash, std::equal_to<>> keys;  // of terms; few are different
  std::vector<NewTerm> terms;
  std::int64_t scope = 0;
  const auto note = [&](std::string_view record, std::string_view id, bool erased) {
    Decoder in(decode_record(record).terms);
    for (auto count = in.number(); count > 0; --count) {
      const auto field = in.text();
      buffer_.clear();
      append_term_key(buffer_, field, in.text());
      terms.push_back({.scope = scope, .term = *keys.insert(buffer_).first, .id = id, .erased = erased});
    }
  };
  std::vector<RunChange> changes;
  for (std::size_t i = 0; i < records.size();) {
    scope = records[i].scope;
    changes.clear();
    for (; i < records.size() && records[i].scope == scope; ++i) {
      const NewRecord& record = records[i];
      if (i + 1 < records.size() && records[i + 1].scope == scope && records[i + 1].id == record.id) continue;
      changes.push_back({.id = record.id, .erased = record.erased, .payload = record.record});
      if (!record.erased) note(record.record, record.id, false);
      if (i % kPortion == 0) breathe();
    }
    merge(scope, {}, changes, [&](const RunChange& change, std::string_view old) { note(old, change.id, true); });
  }

  // A term that a record had and has again stays as it is.
  std::ranges::sort(terms, {},
                    patiently([](const NewTerm& t) { return std::tuple(t.scope, t.term, t.id, !t.erased); }));
  for (std::size_t i = 0; i < terms.size();) {
    const NewTerm& begin = terms[i];
    changes.clear();
    for (; i < terms.size() && terms[i].scope == begin.scope && terms[i].term == begin.term; ++i) {
      if (!changes.empty() && changes.back().id == terms[i].id) {
        changes.pop_back();
      } else {
        changes.push_back({.id = terms[i].id, .erased = terms[i].erased, .payload = {}});
      }
    }
    merge(begin.scope, begin.term, changes, {});
  }
}

/// In portions, so that others may go first in between.
void Placer::merge(std::int64_t scope, std::string_view term, std::span<const RunChange> changes,
                   const RunWriter::OnOld& on_old) {
  while (!changes.empty()) {
    const auto portion = changes.first(std::min(changes.size(), kPortion));
    runs_.merge(scope, term, portion, on_old);
    breathe();
    changes = changes.subspan(portion.size());
  }
}

/// A row that was added and done is nothing.
void Placer::place_rows(std::vector<NewRow>& rows) {
  std::ranges::sort(rows, {}, [](const NewRow& row) { return std::pair(row.id, row.row.empty()); });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool is_added = !rows[i].row.empty();
    if (is_added && i + 1 < rows.size() && rows[i + 1].id == rows[i].id) {
      ++i;
      continue;
    }
    breathe();
    if (is_added) {
      add_row_.execute(rows[i].id, Blob{rows[i].row});
    } else {
      erase_row_.execute(rows[i].id);
    }
  }
}

void Placer::erase_tree(const std::string& path) {
  std::vector<std::int64_t> numbers;
  {
    auto run = scopes_in_.run(std::string_view(path));
    while (run.step()) numbers.push_back(run.number(0));
  }
  for (const auto number : numbers) {
    erase_runs_in_.execute(number);
    erase_scope_.execute(number);
  }
  scopes_.clear();
}

std::int64_t Placer::scope_number(std::string_view path) {
  if (const auto known = scopes_.find(path); known != scopes_.end()) return known->second;
  if (scopes_.size() >= kScopesMax) scopes_.clear();
  std::int64_t number = 0;
  {
    auto run = find_scope_.run(path);
    if (run.step()) number = run.number(0);
  }
  if (number == 0) {
    add_scope_.execute(path);
    number = database_.last_rowid();
  }
  scopes_.emplace(path, number);
  return number;
}

void Placer::place_journal(const std::vector<JournalBlock>& blocks) {
  for (std::size_t i = 0; i < blocks.size();) {
    const auto first = blocks[i].first;
    auto last = blocks[i].last;
    buffer_ = *blocks[i].bytes;
    for (++i; i < blocks.size() && buffer_.size() + blocks[i].bytes->size() <= kJournalRowBytesMax; ++i) {
      buffer_ += *blocks[i].bytes;
      last = blocks[i].last;
    }
    packed_.clear();
    append_packed(packed_, buffer_);
    add_journal_.execute(first, last, Blob{packed_});
  }
}

}  // namespace dialtone::store
