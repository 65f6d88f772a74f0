#pragma once
// The questions that are answered from the database, on a connection of their own (a WAL snapshot each).

#include <functional>

#include "store/run.hpp"
#include "store/sqlite_database.hpp"
#include "store/store.hpp"

namespace dialtone::store {

class Reads {
 public:
  explicit Reads(const std::string& path);

  RecordPtr get(const Key& key);
  std::vector<RecordPtr> list(const ListQuery& query);
  std::vector<std::string> scopes_below(const std::string& path);
  std::vector<JournalEntry> journal(std::uint64_t after, std::size_t limit);
  std::vector<OutboxRow> outbox(std::uint64_t after, std::size_t limit);
  void release_memory() {
    run_items_ = {};
    run_plain_ = {};
    database_.release_memory();
  }

 private:
  using Visit = std::function<bool(const Item& item)>;

  /// The number of a scope that holds records; 0 when there is none.
  std::int64_t scope_number(std::string_view path);
  /// The items of a list from the query's place on, in its direction, until `visit` says that it is enough.
  void walk(std::int64_t scope, std::string_view term, const ListQuery& query, const Visit& visit);
  /// The run in which `id` would lie. Shows the last one that was asked for again without looking.
  const std::vector<Item>& run_of(std::int64_t scope, std::string_view id);
  RecordPtr record_of(std::int64_t scope, std::string_view id);

  Database database_;
  Statement scope_;
  Statement run_of_;
  Statement newest_;
  Statement oldest_;
  Statement scopes_;
  Statement all_scopes_;
  Statement journal_;
  Statement outbox_;

  // The run that was read last, while one question is answered.
  std::int64_t run_scope_ = 0;
  std::string run_plain_;
  std::vector<Item> run_items_;
};

}  // namespace dialtone::store
