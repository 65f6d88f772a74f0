#include "store/generation.hpp"

#include "store/codec.hpp"

namespace dialtone::store {

void ChangeIndex::add(std::string_view changes) {
  ChangeReader in(changes);
  while (in.next()) {
    switch (in.kind) {
      case ChangeReader::Kind::kPut:
        records_.insert_or_assign({.scope = in.scope, .id = in.id}, Value(decode_record(in.record).value));
        break;
      case ChangeReader::Kind::kErase:
        records_.insert_or_assign({.scope = in.scope, .id = in.id}, Value());
        break;
      case ChangeReader::Kind::kEraseTree:
        std::erase_if(records_, [&](const auto& entry) { return lies_in(entry.first.scope, in.scope); });
        trees_.push_back(in.scope);
        break;
      case ChangeReader::Kind::kRow:
      case ChangeReader::Kind::kDone:
        break;
    }
  }
}

std::optional<ChangeIndex::Value> ChangeIndex::find(KeyView key) const {
  if (const auto found = records_.find(key); found != records_.end()) return found->second;
  for (const std::string_view path : trees_) {
    if (lies_in(key.scope, path)) return Value();
  }
  return std::nullopt;
}

void Generation::add(std::string_view batch) {
  bytes += batch.size();
  changes.push_back(std::make_unique<const std::string>(batch));
}

void Generation::add_journal(JournalBlock block) {
  if (!block.bytes || block.last < block.first) return;
  bytes += block.bytes->size();
  journal.push_back(std::move(block));
}

std::optional<ChangeIndex::Value> Generation::find(KeyView key) {
  for (; indexed_ < changes.size(); ++indexed_) index_.add(*changes[indexed_]);
  return index_.find(key);
}

}  // namespace dialtone::store
