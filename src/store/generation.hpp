#pragma once
// Committed changes on their way to their final place. A generation collects the changes of many batches and keeps only
// the last word on each: a record put twice is one record, an outbox row added and done is nothing. One generation is
// active (the writer adds to it); the one before may be frozen while it is placed.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/store.hpp"

namespace dialtone::store {

/// True when `scope` is `path` or lies below it.
[[nodiscard]] inline bool lies_in(std::string_view scope, std::string_view path) {
  return scope.starts_with(path) && (scope.size() == path.size() || scope[path.size()] == '/');
}

struct KeyView {
  std::string_view scope;
  std::string_view id;
};
struct KeyHash {
  using is_transparent = void;
  std::size_t operator()(KeyView key) const {
    const std::hash<std::string_view> hash;
    return hash(key.id) * 31 + hash(key.scope);
  }
  std::size_t operator()(const Key& key) const { return (*this)(KeyView{key.scope, key.id}); }
};
struct KeyEqual {
  using is_transparent = void;
  bool operator()(const auto& a, const auto& b) const { return a.id == b.id && a.scope == b.scope; }
};
template <typename T>
using KeyMap = std::unordered_map<Key, T, KeyHash, KeyEqual>;

/// Journal entries of one batch, encoded. Shared by the writer, the reader's tail and the generation.
struct JournalBlock {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  ///< before `first` when the block is empty
  std::shared_ptr<const std::string> bytes;
};

class Generation {
 public:
  /// Takes over what the transaction changes. Journal entries come through add_journal().
  void apply(const Transaction& transaction);
  void add_journal(JournalBlock block);

  /// What this generation knows of a record: null when erased, nullopt when it says nothing.
  [[nodiscard]] std::optional<RecordPtr> find(std::string_view scope, std::string_view id) const;
  [[nodiscard]] bool empty() const { return last_sequence == 0; }

  std::vector<std::string> trees;  ///< erased before anything below is placed
  KeyMap<RecordPtr> records;       ///< null: erased
  std::unordered_map<std::uint64_t, OutboxRow> rows;
  std::vector<std::uint64_t> done;  ///< rows of earlier generations
  std::vector<JournalBlock> journal;
  std::size_t bytes = 0;             ///< about what it holds in memory
  std::uint64_t first_sequence = 0;  ///< batch that was added first
  std::uint64_t last_sequence = 0;   ///< batch that was added last
  std::uint64_t last_position = 0;   ///< journal
  std::uint64_t last_outbox_id = 0;
};

}  // namespace dialtone::store
