#pragma once
// The questions that are answered from the database, on a connection of their own (a WAL snapshot each).

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
  void release_memory() { database_.release_memory(); }

 private:
  Database database_;
  Statement scope_;
  Statement get_;
  Statement newest_;
  Statement oldest_;
  Statement newest_with_term_;
  Statement oldest_with_term_;
  Statement scopes_;
  Statement all_scopes_;
  Statement journal_;
  Statement outbox_;
};

}  // namespace dialtone::store
