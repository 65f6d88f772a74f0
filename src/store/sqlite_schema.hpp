#pragma once
// The tables, as a list of steps from an empty file to today's version.

#include <cstdint>

#include "base/error.hpp"
#include "store/sqlite_database.hpp"

namespace dialtone::store {

inline constexpr std::int64_t kSchemaVersion = 3;

/// Brings the database to a version, each step in a transaction of its own. Error: 500 when it is newer than this
/// program.
Result<> migrate(Database& database, std::int64_t to = kSchemaVersion);

}  // namespace dialtone::store
