#pragma once
// Committed changes on their way to their final place, as they were written to the log. One generation is active (the
// writer adds to it); the one before may be frozen while it is placed. Nobody looks into them but who places them,
// unless a condition asks what a record is now: only then is an index made.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
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
  std::size_t operator()(KeyView key) const { return hash_bytes(key.id, hash_bytes(key.scope, hash_seed())); }
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

/// What the changes seen so far say of records.
class ChangeIndex {
 public:
  using Value = std::optional<std::string_view>;  ///< nullopt: erased

  /// `changes` is encoded (codec.hpp) and must outlive the index.
  void add(std::string_view changes);
  /// nullopt when they say nothing of it.
  [[nodiscard]] std::optional<Value> find(KeyView key) const;

 private:
  std::unordered_map<KeyView, Value, KeyHash, KeyEqual> records_;
  std::vector<std::string_view> trees_;  ///< erased before what is in records_ was written
};

struct Generation {
  /// Takes the changes of a batch, encoded (codec.hpp). Journal entries come through add_journal().
  void add(std::string_view batch);
  void add_journal(JournalBlock block);

  /// What this generation knows of a record: see ChangeIndex. Called by the writer only.
  [[nodiscard]] std::optional<ChangeIndex::Value> find(KeyView key);
  [[nodiscard]] bool empty() const { return last_sequence == 0; }

  std::vector<std::unique_ptr<const std::string>> changes;  ///< of each batch
  std::vector<JournalBlock> journal;
  std::size_t bytes = 0;             ///< about what it holds in memory
  std::uint64_t first_sequence = 0;  ///< batch that was added first
  std::uint64_t last_sequence = 0;   ///< batch that was added last
  std::uint64_t last_position = 0;   ///< journal
  std::uint64_t last_outbox_id = 0;

 private:
  ChangeIndex index_;
  std::size_t indexed_ = 0;  ///< of `changes`
};

}  // namespace dialtone::store
