#pragma once
// What the io thread knows of records without asking the disk. A record that was committed but is not yet in the
// database is pinned; others are kept while they fit, least recently used first out. Commits are only entered once
// somebody asks: under a load of writes nobody does, and they are in the database before they were looked for. Also
// remembers which reads are under way, so that an answer from before a commit never replaces what the commit wrote.

#include <cstdint>
#include <deque>
#include <vector>

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/unordered_set.hpp>

#include "store/generation.hpp"

namespace dialtone::store {

class RecordCache {
 public:
  explicit RecordCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  ~RecordCache();
  RecordCache(const RecordCache&) = delete;
  RecordCache& operator=(const RecordCache&) = delete;

  /// Null when there is no such record, nullopt when only the disk knows.
  std::optional<RecordPtr> find(std::string_view scope, std::string_view id);

  /// Takes the changes, encoded (codec.hpp), of a transaction that was committed in batch `sequence`.
  void committed(std::uint64_t sequence, std::string changes);
  /// All batches up to `sequence` are in the database. What this lets go is gone when settle() says so.
  void placed(std::uint64_t sequence);
  /// Lets go of at most `count` records; false when all is done. In steps, because a large portion that is placed at
  /// once would hold up the io thread for milliseconds.
  bool settle(std::size_t count);

  /// The last batch that touched `scope` and is not yet placed; 0 when there is none.
  [[nodiscard]] std::uint64_t unplaced(const std::string& scope);

  /// To be called before the disk is asked, and after it has answered, with the same key.
  void begin_read(const Key& key);
  void end_read(const Key& key, const RecordPtr& record);
  void cancel_read(const Key& key);  ///< instead of end_read when the disk did not answer

  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  /// Found by its key, and knows its hash, so that it goes as cheaply as it came.
  struct Entry : boost::intrusive::list_base_hook<>,
                 boost::intrusive::unordered_set_base_hook<boost::intrusive::store_hash<true>> {
    explicit Entry(Key given) : key(std::move(given)) {}
    Key key;
    RecordPtr record;
    std::uint64_t pinned = 0;  ///< batch until whose placing the entry must stay; 0: in `unpinned_`
  };
  struct KeyOf {
    using type = Key;
    const Key& operator()(const Entry& entry) const { return entry.key; }
  };
  using Table =
      boost::intrusive::unordered_set<Entry, boost::intrusive::key_of_value<KeyOf>, boost::intrusive::hash<KeyHash>,
                                      boost::intrusive::equal<KeyEqual>, boost::intrusive::power_2_buckets<true>,
                                      boost::intrusive::compare_hash<true>>;
  struct Reading {
    unsigned count = 0;
    bool outdated = false;
  };

  struct Commit {
    std::uint64_t sequence;
    std::string changes;
  };

  void enter_commits();
  void enter_first_commit();
  [[nodiscard]] bool is_older_known(const Commit& commit) const;
  static std::size_t size_of(const Entry& entry);
  /// The entry of that key, made when there is none, and whether it was made.
  std::pair<Entry&, bool> entry_of(Key key);
  void set(std::uint64_t sequence, Key key, RecordPtr record);
  void erase_tree(std::uint64_t sequence, const std::string& path);
  void evict(std::size_t count);

  std::size_t bytes_max_;
  std::deque<Commit> commits_;  ///< not yet entered
  std::uint64_t placed_ = 0;
  std::size_t bytes_ = 0;  ///< of the unpinned
  std::vector<Table::bucket_type> buckets_{1024};
  Table entries_{Table::bucket_traits(buckets_.data(), buckets_.size())};
  boost::intrusive::list<Entry> unpinned_;  ///< least recently used first
  std::deque<std::pair<std::uint64_t, Entry*>> pins_;
  std::deque<std::pair<std::uint64_t, std::string>> trees_;  ///< erased, not yet placed
  std::unordered_map<std::string, std::uint64_t> scopes_;    ///< last batch that touched them, not yet placed
  KeyMap<Reading> readings_;
};

}  // namespace dialtone::store
