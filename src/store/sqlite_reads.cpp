#include "store/sqlite_reads.hpp"

#include "store/codec.hpp"
#include "store/ordered_id.hpp"
#include "store/pack.hpp"
#include "store/run_writer.hpp"

namespace dialtone::store {
namespace {

RecordPtr record_of(const Item& item) { return make_record(id_of_ordered(item.id), item.payload); }

}  // namespace

Reads::Reads(const std::string& path)
    : database_(path, Database::Role::kRead),
      scope_(database_, "SELECT number FROM scope WHERE path = ?1"),
      run_of_(database_,
              "SELECT items FROM run WHERE scope = ?1 AND term = '' AND first <= ?2 ORDER BY first DESC LIMIT 1"),
      newest_(database_, "SELECT items FROM run WHERE scope = ?1 AND term = ?2 AND first <= ?3 ORDER BY first DESC"),
      oldest_(
          database_,
          "SELECT items FROM run WHERE scope = ?1 AND term = ?2 AND first >= "
          "coalesce((SELECT max(first) FROM run WHERE scope = ?1 AND term = ?2 AND first <= ?3), '') ORDER BY first"),
      // '0' follows '/', so the range holds just what begins with "path/".
      scopes_(database_,
              "SELECT path FROM scope WHERE (path = ?1 OR (path > ?1 || '/' AND path < ?1 || '0')) "
              "AND EXISTS (SELECT 1 FROM run WHERE run.scope = scope.number) ORDER BY path"),
      all_scopes_(
          database_,
          "SELECT path FROM scope WHERE EXISTS (SELECT 1 FROM run WHERE run.scope = scope.number) ORDER BY path"),
      journal_(database_,
               "SELECT first_position, last_position, entries, packed FROM journal WHERE first_position >= "
               "(SELECT coalesce(max(first_position), 0) FROM journal WHERE first_position <= ?1 + 1) "
               "ORDER BY first_position"),
      outbox_(database_, "SELECT row FROM outbox WHERE id > ?1 ORDER BY id LIMIT ?2") {}

std::int64_t Reads::scope_number(std::string_view path) {
  auto run = scope_.run(path);
  return run.step() ? run.number(0) : 0;
}

const std::vector<Item>& Reads::run_of(std::int64_t scope, std::string_view id) {
  const bool known =
      scope == run_scope_ && !run_items_.empty() && run_items_.front().id <= id && id <= run_items_.back().id;
  if (known) return run_items_;
  run_scope_ = scope;
  run_items_.clear();
  auto run = run_of_.run(scope, id);
  if (!run.step()) return run_items_;
  run_plain_ = unpack(run.text(0));
  run_items_ = items_of(run_plain_);
  return run_items_;
}

RecordPtr Reads::record_of(std::int64_t scope, std::string_view id) {
  const auto& items = run_of(scope, id);
  const auto found = std::ranges::lower_bound(items, id, {}, &Item::id);
  return found != items.end() && found->id == id ? store::record_of(*found) : nullptr;
}

RecordPtr Reads::get(const Key& key) {
  run_items_.clear();  // it may have been written since
  const auto scope = scope_number(key.scope);
  return scope == 0 ? nullptr : record_of(scope, ordered_id(key.id));
}

void Reads::walk(std::int64_t scope, std::string_view term, const ListQuery& query, const Visit& visit) {
  const std::string after = ordered_id(query.after);
  const std::string until = ordered_id(query.until);
  const bool up = query.oldest_first;
  // In SQLite's order every BLOB follows every TEXT: an empty one is an end that no id reaches.
  auto run = up                    ? oldest_.run(scope, term, std::string_view(after))
             : query.after.empty() ? newest_.run(scope, term, Blob{})
                                   : newest_.run(scope, term, std::string_view(after));
  while (run.step()) {
    const std::string plain = unpack(run.text(0));
    std::vector<Item> items = items_of(plain);
    if (!up) std::ranges::reverse(items);
    for (const Item& item : items) {
      if (!query.after.empty() && (up ? item.id <= after : item.id >= after)) continue;
      if (!query.until.empty() && (up ? item.id > until : item.id < until)) return;
      if (!visit(item)) return;
    }
  }
}

std::vector<RecordPtr> Reads::list(const ListQuery& query) {
  std::vector<RecordPtr> found;
  const auto scope = scope_number(query.scope);
  if (scope == 0 || query.limit == 0) return found;
  if (!query.term) {
    walk(scope, {}, query, [&](const Item& item) {
      found.push_back(store::record_of(item));
      return found.size() < query.limit;
    });
    return found;
  }
  run_items_.clear();
  std::string key;
  append_term_key(key, query.term->field, query.term->value);
  walk(scope, key, query, [&](const Item& item) {
    if (auto record = record_of(scope, item.id)) found.push_back(std::move(record));
    return found.size() < query.limit;
  });
  return found;
}

std::vector<std::string> Reads::scopes_below(const std::string& path) {
  std::vector<std::string> found;
  auto run = path.empty() ? all_scopes_.run() : scopes_.run(std::string_view(path));
  while (run.step()) found.emplace_back(run.text(0));
  return found;
}

std::vector<JournalEntry> Reads::journal(std::uint64_t after, std::size_t limit) {
  std::vector<JournalEntry> found;
  auto run = journal_.run(after);
  while (found.size() < limit && run.step()) {
    const auto last = static_cast<std::uint64_t>(run.number(1));
    if (last <= after) continue;
    const std::string plain = run.number(3) != 0 ? unpack(run.text(2)) : std::string(run.text(2));
    Decoder in(plain);
    for (auto position = static_cast<std::uint64_t>(run.number(0)); position <= last && found.size() < limit;
         ++position) {
      const EntryView entry = decode_entry(in, position);
      if (position > after) found.push_back(copy_of(entry));
    }
  }
  return found;
}

std::vector<OutboxRow> Reads::outbox(std::uint64_t after, std::size_t limit) {
  std::vector<OutboxRow> found;
  auto run = outbox_.run(after, limit);
  while (run.step()) {
    Decoder in(run.text(0));
    found.push_back(decode_row(in));
  }
  return found;
}

}  // namespace dialtone::store
