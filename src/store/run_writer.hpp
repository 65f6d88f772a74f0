#pragma once
// Writes runs (run.hpp). A run is named by its first id; what lies between two names lies in the first of them.

#include <functional>
#include <span>

#include "store/run.hpp"
#include "store/sqlite_database.hpp"

namespace dialtone::store {

/// `field=value`: what the runs of a term are found by. No field has an equals sign.
inline void append_term_key(std::string& out, std::string_view field, std::string_view value) {
  out += field;
  out += '=';
  out += value;
}

struct RunChange {
  std::string_view id;       ///< as it is ordered
  bool erased = false;       ///< else it is put
  std::string_view payload;  ///< see Item
};

class RunWriter {
 public:
  explicit RunWriter(Database& database);

  /// Called for an item that is replaced or erased, with its payload.
  using OnOld = std::function<void(const RunChange& change, std::string_view old)>;
  /// Applies changes, in the order of their ids and one for each, to the runs of a scope's records (`term` is empty) or
  /// of one of its terms. Throws SqliteError, or std::runtime_error when a run is damaged.
  void merge(std::int64_t scope, std::string_view term, std::span<const RunChange> changes, const OnOld& on_old);

  /// For a database that has no runs: items in order, those of a list together. Then flush().
  void append(std::int64_t scope, std::string_view term, Item item);
  void flush();

 private:
  std::size_t merge_into_one(std::int64_t scope, std::string_view term, std::span<const RunChange> changes,
                             const OnOld& on_old);
  void write(std::int64_t scope, std::string_view term, std::span<const Item> items);
  void write_one(std::int64_t scope, std::string_view term, std::string_view first);

  Statement find_, next_, put_, erase_;
  std::vector<Item> items_;
  std::string plain_, packed_;

  struct Appended {
    std::int64_t scope = 0;
    std::string term;
    std::string first;
  } appended_;
};

}  // namespace dialtone::store
