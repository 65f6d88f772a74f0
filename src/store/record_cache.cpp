#include "store/record_cache.hpp"

#include <memory>

#include "store/codec.hpp"

namespace dialtone::store {
namespace {

constexpr std::size_t kEntryBytes = 250;   ///< what an entry costs besides its texts, about
constexpr std::size_t kEvictedAtOnce = 8;  ///< for a record that comes in; a larger one pushes out many small ones

}  // namespace

RecordCache::~RecordCache() {
  unpinned_.clear();
  entries_.clear_and_dispose(std::default_delete<Entry>());
}

std::size_t RecordCache::size_of(const Entry& entry) {
  return kEntryBytes + entry.key.scope.size() + entry.key.id.size() + (entry.record ? entry.record->value.size() : 0);
}

std::pair<RecordCache::Entry&, bool> RecordCache::entry_of(Key key) {
  Table::insert_commit_data place;
  const auto [known, is_new] = entries_.insert_check(key, place);
  if (!is_new) return {*known, false};
  auto entry = std::make_unique<Entry>(std::move(key));
  Entry& out = *entries_.insert_commit(*entry.release(), place);
  if (entries_.size() > buckets_.size()) {
    std::vector<Table::bucket_type> more(buckets_.size() * 2);
    entries_.rehash(Table::bucket_traits(more.data(), more.size()));
    buckets_.swap(more);
  }
  return {out, true};
}

std::optional<RecordPtr> RecordCache::find(std::string_view scope, std::string_view id) {
  enter_commits();
  const auto found = entries_.find(KeyView{scope, id}, KeyHash(), KeyEqual());
  if (found != entries_.end()) {
    Entry& entry = *found;
    if (entry.pinned == 0) unpinned_.splice(unpinned_.end(), unpinned_, unpinned_.iterator_to(entry));
    return entry.record;
  }
  for (const auto& [sequence, path] : trees_) {
    if (lies_in(scope, path)) return RecordPtr();
  }
  return std::nullopt;
}

void RecordCache::committed(std::uint64_t sequence, std::string changes) {
  if (changes.empty()) return;
  commits_.push_back({.sequence = sequence, .changes = std::move(changes)});
  if (!readings_.empty()) enter_commits();
}

void RecordCache::enter_commits() {
  while (!commits_.empty()) enter_first_commit();
}

void RecordCache::enter_first_commit() {
  const Commit& commit = commits_.front();
  for (ChangeReader in(commit.changes); in.next();) {
    if (in.kind == ChangeReader::Kind::kEraseTree) {
      erase_tree(commit.sequence, std::string(in.scope));
    } else {
      set(commit.sequence, {.scope = std::string(in.scope), .id = std::string(in.id)},
          in.kind == ChangeReader::Kind::kPut ? make_record(in.id, in.record) : nullptr);
    }
  }
  commits_.pop_front();
}

/// Does the cache know something that the commit has changed?
bool RecordCache::is_older_known(const Commit& commit) const {
  for (ChangeReader in(commit.changes); in.next();) {
    if (in.kind == ChangeReader::Kind::kEraseTree) return true;
    if (entries_.find(KeyView{in.scope, in.id}, KeyHash(), KeyEqual()) != entries_.end()) return true;
  }
  return false;
}

void RecordCache::set(std::uint64_t sequence, Key key, RecordPtr record) {
  if (const auto reading = readings_.find(key); reading != readings_.end()) reading->second.outdated = true;
  scopes_[key.scope] = sequence;
  const auto [entry, is_new] = entry_of(std::move(key));
  if (!is_new && entry.pinned == 0) {
    bytes_ -= size_of(entry);
    unpinned_.erase(unpinned_.iterator_to(entry));
  }
  entry.record = std::move(record);
  if (entry.pinned == sequence) return;
  entry.pinned = sequence;
  pins_.emplace_back(sequence, &entry);
}

void RecordCache::erase_tree(std::uint64_t sequence, const std::string& path) {
  // Entries stay and say that there is nothing, because pins refer to them.
  for (Entry& entry : entries_) {
    if (!lies_in(entry.key.scope, path)) continue;
    if (entry.pinned == 0) bytes_ -= size_of(entry);
    entry.record = nullptr;
    if (entry.pinned == 0) bytes_ += size_of(entry);
  }
  for (auto& [key, reading] : readings_) {
    if (lies_in(key.scope, path)) reading.outdated = true;
  }
  for (auto& [scope, last] : scopes_) {
    if (lies_in(scope, path)) last = sequence;
  }
  if (sequence > placed_) trees_.emplace_back(sequence, path);
}

void RecordCache::placed(std::uint64_t sequence) {
  placed_ = sequence;
  while (!trees_.empty() && trees_.front().first <= sequence) trees_.pop_front();
  std::erase_if(scopes_, [&](const auto& scope) { return scope.second <= sequence; });
}

bool RecordCache::settle(std::size_t count) {
  std::size_t done = 0;
  // What nobody asked for until now need not be entered, unless something older is known of it.
  for (; done < count && !commits_.empty() && commits_.front().sequence <= placed_; ++done) {
    if (is_older_known(commits_.front())) {
      enter_first_commit();
    } else {
      commits_.pop_front();
    }
  }
  for (; done < count && !pins_.empty() && pins_.front().first <= placed_; ++done) {
    Entry& entry = *pins_.front().second;
    const bool last_pin = entry.pinned == pins_.front().first;
    pins_.pop_front();
    if (!last_pin) continue;
    entry.pinned = 0;
    bytes_ += size_of(entry);
    unpinned_.push_back(entry);
  }
  evict(count);
  return (!commits_.empty() && commits_.front().sequence <= placed_) ||
         (!pins_.empty() && pins_.front().first <= placed_) || bytes_ > bytes_max_;
}

std::uint64_t RecordCache::unplaced(const std::string& scope) {
  enter_commits();
  std::uint64_t last = 0;
  if (const auto found = scopes_.find(scope); found != scopes_.end()) last = found->second;
  for (const auto& [sequence, path] : trees_) {
    if (lies_in(scope, path)) last = std::max(last, sequence);
  }
  return last;
}

void RecordCache::begin_read(const Key& key) { ++readings_[key].count; }

void RecordCache::end_read(const Key& key, const RecordPtr& record) {
  enter_commits();
  const auto reading = readings_.find(key);
  const bool outdated = reading->second.outdated;
  if (--reading->second.count == 0) readings_.erase(reading);
  if (outdated) return;
  const auto [entry, is_new] = entry_of(key);
  if (!is_new) return;
  entry.record = record;
  bytes_ += size_of(entry);
  unpinned_.push_back(entry);
  evict(kEvictedAtOnce);
}

void RecordCache::cancel_read(const Key& key) {
  const auto reading = readings_.find(key);
  if (--reading->second.count == 0) readings_.erase(reading);
}

void RecordCache::evict(std::size_t count) {
  for (; count > 0 && bytes_ > bytes_max_ && !unpinned_.empty(); --count) {
    Entry& entry = unpinned_.front();
    bytes_ -= size_of(entry);
    unpinned_.pop_front();
    entries_.erase_and_dispose(entries_.iterator_to(entry), std::default_delete<Entry>());
  }
}

}  // namespace dialtone::store
