#include "store/store.hpp"

namespace dialtone::store {

void Transaction::put(std::string scope, RecordPtr record) {
  std::string id = record->id;
  changes.push_back(
      {.kind = Change::Kind::kPut, .scope = std::move(scope), .id = std::move(id), .record = std::move(record)});
}

void Transaction::erase(std::string scope, std::string id) {
  changes.push_back({.kind = Change::Kind::kErase, .scope = std::move(scope), .id = std::move(id), .record = nullptr});
}

void Transaction::erase_tree(std::string path) {
  changes.push_back({.kind = Change::Kind::kEraseTree, .scope = std::move(path), .id = {}, .record = nullptr});
}

void Transaction::journal(JournalEntry entry) { entries.push_back(std::move(entry)); }

void Transaction::outbox(OutboxRow row) { rows.push_back(std::move(row)); }

void Transaction::outbox_done(std::uint64_t id) { done.push_back(id); }

void Transaction::require_absent(std::string scope, std::string id) {
  conditions.push_back({.scope = std::move(scope), .id = std::move(id), .seen = nullptr});
}

void Transaction::require_unchanged(std::string scope, RecordPtr seen) {
  std::string id = seen->id;
  conditions.push_back({.scope = std::move(scope), .id = std::move(id), .seen = std::move(seen)});
}

}  // namespace dialtone::store
