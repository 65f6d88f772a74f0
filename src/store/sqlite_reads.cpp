#include "store/sqlite_reads.hpp"

#include "store/codec.hpp"
#include "store/ordered_id.hpp"
#include "store/pack.hpp"

namespace dialtone::store {
namespace {

RecordPtr record_of(const Statement::Run& run, std::string id, int first_column) {
  auto record = std::make_shared<Record>();
  record->id = std::move(id);
  Decoder terms(run.text(first_column));
  record->terms = decode_terms(terms);
  record->value = run.text(first_column + 1);
  return record;
}

constexpr std::string_view kList = "SELECT id, terms, value FROM record WHERE scope = ?1 AND id";
constexpr std::string_view kListWithTerm =
    "SELECT r.id, r.terms, r.value FROM term t CROSS JOIN record r ON r.scope = t.scope AND r.id = t.id "
    "WHERE t.scope = ?1 AND t.field = ?5 AND t.value = ?6 AND t.id";

}  // namespace

Reads::Reads(const std::string& path)
    : database_(path, Database::Role::kRead),
      scope_(database_, "SELECT number FROM scope WHERE path = ?1"),
      get_(database_,
           "SELECT r.terms, r.value FROM scope s CROSS JOIN record r ON r.scope = s.number "
           "WHERE s.path = ?1 AND r.id = ?2"),
      newest_(database_, fmt::format("{} < ?2 AND id >= ?4 ORDER BY id DESC LIMIT ?3", kList)),
      oldest_(database_, fmt::format("{} > ?2 AND id <= ?4 ORDER BY id LIMIT ?3", kList)),
      newest_with_term_(database_, fmt::format("{} < ?2 AND t.id >= ?4 ORDER BY t.id DESC LIMIT ?3", kListWithTerm)),
      oldest_with_term_(database_, fmt::format("{} > ?2 AND t.id <= ?4 ORDER BY t.id LIMIT ?3", kListWithTerm)),
      // '0' follows '/', so the range holds just what begins with "path/".
      scopes_(database_,
              "SELECT path FROM scope WHERE (path = ?1 OR (path > ?1 || '/' AND path < ?1 || '0')) "
              "AND EXISTS (SELECT 1 FROM record WHERE record.scope = scope.number) ORDER BY path"),
      all_scopes_(
          database_,
          "SELECT path FROM scope WHERE EXISTS (SELECT 1 FROM record WHERE record.scope = scope.number) ORDER BY path"),
      journal_(database_,
               "SELECT first_position, last_position, entries, packed FROM journal WHERE first_position >= "
               "(SELECT coalesce(max(first_position), 0) FROM journal WHERE first_position <= ?1 + 1) "
               "ORDER BY first_position"),
      outbox_(database_, "SELECT row FROM outbox WHERE id > ?1 ORDER BY id LIMIT ?2") {}

RecordPtr Reads::get(const Key& key) {
  const std::string id = ordered_id(key.id);  // bound as it lies here, so it stays while the statement runs
  auto run = get_.run(std::string_view(key.scope), std::string_view(id));
  return run.step() ? record_of(run, key.id, 0) : nullptr;
}

std::vector<RecordPtr> Reads::list(const ListQuery& query) {
  std::vector<RecordPtr> found;
  std::int64_t scope = 0;
  {
    auto run = scope_.run(std::string_view(query.scope));
    if (!run.step()) return found;
    scope = run.number(0);
  }
  const auto collect = [&](Statement::Run run) {
    while (run.step()) found.push_back(record_of(run, id_of_ordered(run.text(0)), 1));
  };
  const std::string after = ordered_id(query.after);
  const std::string until = ordered_id(query.until);
  // In SQLite's order every BLOB follows every TEXT: an empty one is an end that no id reaches.
  const auto page = [&](Statement& statement, const auto&... term) {
    const auto run = [&](const auto& from, const auto& to) {
      collect(statement.run(scope, from, query.limit, to, term...));
    };
    if (query.after.empty() && !query.oldest_first) return run(Blob{}, std::string_view(until));
    if (query.until.empty() && query.oldest_first) return run(std::string_view(after), Blob{});
    run(std::string_view(after), std::string_view(until));
  };
  if (query.term) {
    page(query.oldest_first ? oldest_with_term_ : newest_with_term_, std::string_view(query.term->field),
         std::string_view(query.term->value));
  } else {
    page(query.oldest_first ? oldest_ : newest_);
  }
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
      auto entry = decode_entry(in, position);
      if (position > after) found.push_back(std::move(entry));
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
