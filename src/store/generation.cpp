#include "store/generation.hpp"

namespace dialtone::store {
namespace {

constexpr std::size_t kEntryBytes = 200;  ///< what a map entry costs besides its texts, about

}  // namespace

void Generation::apply(const Transaction& transaction) {
  for (const Transaction::Change& change : transaction.changes) {
    if (change.kind == Transaction::Change::Kind::kEraseTree) {
      std::erase_if(records, [&](const auto& entry) { return lies_in(entry.first.scope, change.scope); });
      trees.push_back(change.scope);
      bytes += kEntryBytes;
      continue;
    }
    const auto found = records.find(KeyView{change.scope, change.id});
    if (found != records.end()) {
      if (found->second) bytes -= std::min(bytes, found->second->value.size());
      found->second = change.record;
    } else {
      records.emplace(Key{change.scope, change.id}, change.record);
      bytes += kEntryBytes + change.scope.size() + change.id.size();
    }
    if (change.record) bytes += change.record->value.size();
  }
  for (const OutboxRow& row : transaction.rows) {
    bytes += kEntryBytes + row.data.size();
    rows.emplace(row.id, row);
  }
  for (const auto id : transaction.done) {
    const auto found = rows.find(id);
    if (found == rows.end()) {
      done.push_back(id);
      bytes += sizeof(id);
      continue;
    }
    bytes -= std::min(bytes, kEntryBytes + found->second.data.size());
    rows.erase(found);
  }
}

void Generation::add_journal(JournalBlock block) {
  if (!block.bytes || block.last < block.first) return;
  bytes += block.bytes->size();
  journal.push_back(std::move(block));
}

std::optional<RecordPtr> Generation::find(std::string_view scope, std::string_view id) const {
  const auto found = records.find(KeyView{scope, id});
  if (found != records.end()) return found->second;
  for (const std::string& path : trees) {
    if (lies_in(scope, path)) return RecordPtr();
  }
  return std::nullopt;
}

}  // namespace dialtone::store
