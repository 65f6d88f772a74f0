#include "store/sqlite_schema.hpp"

#include "store/run_writer.hpp"

namespace dialtone::store {
namespace {

// Step n leads from version n to n + 1. Steps that were released are never changed.
//
// `run` holds the records of a scope (its `term` is empty) and, for each of their terms, the ids that have it (run.hpp,
// run_writer.hpp). `journal` has one row per run of entries (codec.hpp), packed (pack.hpp) unless it is old. `state`
// has one row.
constexpr std::int64_t kVersionWithRuns = 3;
constexpr std::array<const char*, kSchemaVersion> kSteps = {
    R"(
      CREATE TABLE scope(number INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE);
      CREATE TABLE record(number INTEGER PRIMARY KEY, scope INTEGER NOT NULL, id TEXT NOT NULL, terms BLOB NOT NULL,
                          value BLOB NOT NULL);
      CREATE UNIQUE INDEX record_key ON record(scope, id);
      CREATE TABLE term(scope INTEGER NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
                        PRIMARY KEY(scope, field, value, id)) WITHOUT ROWID;
      CREATE TABLE outbox(id INTEGER PRIMARY KEY, row BLOB NOT NULL);
      CREATE TABLE journal(first_position INTEGER PRIMARY KEY, last_position INTEGER NOT NULL, entries BLOB NOT NULL);
      CREATE TABLE state(one INTEGER PRIMARY KEY CHECK(one = 1), placed_sequence INTEGER NOT NULL,
                         last_position INTEGER NOT NULL, last_outbox_id INTEGER NOT NULL);
      INSERT INTO state VALUES(1, 0, 0, 0);
    )",
    // SIDs stand by age: their two letters go to the end.
    R"(
      UPDATE record SET id = substr(id, 3) || substr(id, 1, 2)
        WHERE length(id) = 34 AND id GLOB '[A-Z][A-Z]*' AND NOT substr(id, 3) GLOB '*[^0-9a-fA-F]*';
      UPDATE term SET id = substr(id, 3) || substr(id, 1, 2)
        WHERE length(id) = 34 AND id GLOB '[A-Z][A-Z]*' AND NOT substr(id, 3) GLOB '*[^0-9a-fA-F]*';
    )",
    // Records and terms move into runs: see below.
    R"(
      CREATE TABLE run(scope INTEGER NOT NULL, term TEXT NOT NULL, first TEXT NOT NULL, items BLOB NOT NULL,
                       PRIMARY KEY(scope, term, first)) WITHOUT ROWID;
      ALTER TABLE journal ADD COLUMN packed INTEGER NOT NULL DEFAULT 0;
    )",
};

/// What was a row for each.
void move_into_runs(Database& database) {
  RunWriter writer(database);
  std::string buffer;
  {
    Statement records(database, "SELECT scope, id, terms, value FROM record ORDER BY scope, id");
    for (auto run = records.run(); run.step();) {
      buffer.clear();
      Encoder out(buffer);
      out.text(run.text(3));
      buffer += run.text(2);
      writer.append(run.number(0), {}, {.id = run.text(1), .payload = buffer});
    }
    Statement terms(database, "SELECT scope, field, value, id FROM term ORDER BY scope, field, value, id");
    for (auto run = terms.run(); run.step();) {
      buffer.clear();
      append_term_key(buffer, run.text(1), run.text(2));
      writer.append(run.number(0), buffer, {.id = run.text(3), .payload = {}});
    }
    writer.flush();
  }
  database.execute("DROP TABLE record; DROP TABLE term");
}

}  // namespace

Result<> migrate(Database& database, std::int64_t to) {
  const auto found = database.number("PRAGMA user_version");
  if (found > kSchemaVersion) {
    return fail({errors::kInternal, fmt::format("the database has version {} and this program knows only {}; "
                                                "it was made by a newer version",
                                                found, kSchemaVersion)});
  }
  for (auto version = found; version < to; ++version) {
    database.execute(fmt::format("BEGIN IMMEDIATE; {}", kSteps[static_cast<std::size_t>(version)]));
    if (version + 1 == kVersionWithRuns) move_into_runs(database);
    database.execute(fmt::format("PRAGMA user_version = {}; COMMIT", version + 1));
  }
  return {};
}

}  // namespace dialtone::store
