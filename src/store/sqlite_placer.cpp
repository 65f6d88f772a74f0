#include "store/sqlite_placer.hpp"

#include <malloc.h>
#include <pthread.h>
#include <sqlite3.h>

#include "store/codec.hpp"
#include "store/ordered_id.hpp"

namespace dialtone::store {

Placer::Placer(const std::string& path, Events events)
    : events_(std::move(events)),
      database_(path, Database::Role::kPlace),
      begin_(database_, "BEGIN IMMEDIATE"),
      commit_(database_, "COMMIT"),
      find_scope_(database_, "SELECT number FROM scope WHERE path = ?1"),
      add_scope_(database_, "INSERT INTO scope(path) VALUES(?1)"),
      scopes_in_(database_, "SELECT number FROM scope WHERE path = ?1 OR (path > ?1 || '/' AND path < ?1 || '0')"),
      erase_scope_(database_, "DELETE FROM scope WHERE number = ?1"),
      erase_records_in_(database_, "DELETE FROM record WHERE scope = ?1"),
      erase_terms_in_(database_, "DELETE FROM term WHERE scope = ?1"),
      insert_(database_, "INSERT INTO record(scope, id, terms, value) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING"),
      find_(database_, "SELECT number, terms FROM record WHERE scope = ?1 AND id = ?2"),
      update_(database_, "UPDATE record SET terms = ?2, value = ?3 WHERE number = ?1"),
      erase_(database_, "DELETE FROM record WHERE scope = ?1 AND id = ?2 RETURNING terms"),
      add_term_(database_, "INSERT OR IGNORE INTO term(scope, field, value, id) VALUES(?1, ?2, ?3, ?4)"),
      erase_term_(database_, "DELETE FROM term WHERE scope = ?1 AND field = ?2 AND value = ?3 AND id = ?4"),
      add_row_(database_, "INSERT OR REPLACE INTO outbox(id, row) VALUES(?1, ?2)"),
      erase_row_(database_, "DELETE FROM outbox WHERE id = ?1"),
      add_journal_(database_,
                   "INSERT OR REPLACE INTO journal(first_position, last_position, entries) VALUES(?1, ?2, ?3)"),
      set_state_(database_, "UPDATE state SET placed_sequence = ?1, last_position = ?2, last_outbox_id = ?3") {}

Placer::~Placer() {
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

void Placer::discard(std::shared_ptr<const Generation> generation) {
  {
    const std::lock_guard lock(mutex_);
    spent_.swap(generation);
  }
  wake_.notify_all();
}

bool Placer::failing() const {
  const std::lock_guard lock(mutex_);
  return failing_;
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
  bool untidy = false;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const auto due = [&] { return stop_ || slot_ || spent_; };
    if (spent_) {
      auto spent = std::exchange(spent_, nullptr);
      lock.unlock();
      spent.reset();
      lock.lock();
      continue;
    }
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
  database_.checkpoint();
  database_.release_memory();
  ::malloc_trim(0);
}

bool Placer::attempt(const Generation& generation) {
  try {
    place(generation);
    return true;
  } catch (const std::exception& error) {
    events_.failed(error.what());
    return false;
  }
}

void Placer::place(const Generation& generation) {
  begin_.execute();
  try {
    place_all(generation);
    commit_.execute();
  } catch (...) {
    if (database_.in_transaction()) database_.execute("ROLLBACK");
    scopes_.clear();  // some may have been numbered in the transaction that is gone
    throw;
  }
}

void Placer::place_all(const Generation& generation) {
  for (const std::string& path : generation.trees) erase_tree(path);

  // In key order, and the terms after them in theirs, so that neighbours are written to one page together.
  struct Entry {
    std::int64_t scope;
    std::string id;  ///< as it is ordered
    const Record* record;
  };
  std::vector<Entry> records;
  records.reserve(generation.records.size());
  for (const auto& [key, record] : generation.records) {
    records.push_back({.scope = scope_number(key.scope), .id = ordered_id(key.id), .record = record.get()});
  }
  std::ranges::sort(records, {}, [](const Entry& entry) { return std::tie(entry.scope, entry.id); });
  std::vector<NewTerm> terms;
  for (const Entry& entry : records) {
    if (entry.record) {
      put(entry.scope, entry.id, *entry.record, terms);
    } else {
      erase(entry.scope, entry.id);
    }
  }
  std::ranges::sort(terms);
  for (const NewTerm& term : terms) add_term_.execute(term.scope, term.field, term.value, term.id);

  for (const auto& [id, row] : generation.rows) {
    buffer_.clear();
    Encoder out(buffer_);
    encode(out, row);
    add_row_.execute(id, Blob{buffer_});
  }
  for (const auto id : generation.done) erase_row_.execute(id);
  place_journal(generation.journal);
  set_state_.execute(generation.last_sequence, generation.last_position, generation.last_outbox_id);
}

void Placer::erase_tree(const std::string& path) {
  std::vector<std::int64_t> numbers;
  {
    auto run = scopes_in_.run(std::string_view(path));
    while (run.step()) numbers.push_back(run.number(0));
  }
  for (const auto number : numbers) {
    erase_terms_in_.execute(number);
    erase_records_in_.execute(number);
    erase_scope_.execute(number);
  }
  scopes_.clear();
}

std::int64_t Placer::scope_number(const std::string& path) {
  if (const auto known = scopes_.find(path); known != scopes_.end()) return known->second;
  if (scopes_.size() >= kScopesMax) scopes_.clear();
  std::int64_t number = 0;
  {
    auto run = find_scope_.run(std::string_view(path));
    if (run.step()) number = run.number(0);
  }
  if (number == 0) {
    add_scope_.execute(std::string_view(path));
    number = database_.last_rowid();
  }
  scopes_.emplace(path, number);
  return number;
}

void Placer::put(std::int64_t scope, const std::string& id, const Record& record, std::vector<NewTerm>& terms) {
  buffer_.clear();
  Encoder out(buffer_);
  encode(out, record.terms);
  insert_.execute(scope, std::string_view(id), Blob{buffer_}, Blob{record.value});
  if (database_.changed_rows() == 0) return replace(scope, id, record, buffer_, terms);
  for (const Term& term : record.terms) terms.push_back({scope, term.field, term.value, terms.size(), id});
}

void Placer::replace(std::int64_t scope, const std::string& id, const Record& record, std::string_view encoded_terms,
                     std::vector<NewTerm>& terms) {
  std::int64_t number = 0;
  std::vector<Term> old;
  {
    auto run = find_.run(scope, std::string_view(id));
    if (!run.step()) throw SqliteError(SQLITE_CORRUPT, "a record is in the index but not in its table");
    number = run.number(0);
    if (run.text(1) != encoded_terms) {
      Decoder in(run.text(1));
      old = decode_terms(in);
      for (const Term& term : record.terms) {
        if (std::erase(old, term) == 0) terms.push_back({scope, term.field, term.value, terms.size(), id});
      }
    }
  }
  erase_terms(scope, id, old);
  update_.execute(number, Blob{encoded_terms}, Blob{record.value});
}

void Placer::erase(std::int64_t scope, const std::string& id) {
  std::vector<Term> old;
  {
    auto run = erase_.run(scope, std::string_view(id));
    if (run.step()) {
      Decoder in(run.text(0));
      old = decode_terms(in);
      while (run.step()) {
      }
    }
  }
  erase_terms(scope, id, old);
}

void Placer::erase_terms(std::int64_t scope, const std::string& id, const std::vector<Term>& terms) {
  for (const Term& term : terms) {
    erase_term_.execute(scope, std::string_view(term.field), std::string_view(term.value), std::string_view(id));
  }
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
    add_journal_.execute(first, last, Blob{buffer_});
  }
}

}  // namespace dialtone::store
