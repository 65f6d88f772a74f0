#include "store/sqlite_schema.hpp"

namespace dialtone::store {
namespace {

// Step n leads from version n to n + 1. Steps that were released are never changed.
//
// `term` finds records by a field's value; `terms` repeats a record's terms so that the old ones are known when they
// change. `journal` has one row per run of entries (codec.hpp), packed (pack.hpp) unless it is old. `state` has one row.
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
    // A record lies in its index: messages are no longer of a kilobyte.
    R"(
      CREATE TABLE record_by_key(scope INTEGER NOT NULL, id TEXT NOT NULL, terms BLOB NOT NULL, value BLOB NOT NULL,
                                 PRIMARY KEY(scope, id)) WITHOUT ROWID;
      INSERT INTO record_by_key SELECT scope, id, terms, value FROM record ORDER BY scope, id;
      DROP TABLE record;
      ALTER TABLE record_by_key RENAME TO record;
      ALTER TABLE journal ADD COLUMN packed INTEGER NOT NULL DEFAULT 0;
    )",
};

}  // namespace

Result<> migrate(Database& database, std::int64_t to) {
  const auto found = database.number("PRAGMA user_version");
  if (found > kSchemaVersion) {
    return fail({errors::kInternal, fmt::format("the database has version {} and this program knows only {}; "
                                                "it was made by a newer version",
                                                found, kSchemaVersion)});
  }
  for (auto version = found; version < to; ++version) {
    database.execute(fmt::format("BEGIN IMMEDIATE; {} PRAGMA user_version = {}; COMMIT",
                                 kSteps[static_cast<std::size_t>(version)], version + 1));
  }
  return {};
}

}  // namespace dialtone::store
