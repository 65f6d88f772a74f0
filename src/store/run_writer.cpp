#include "store/run_writer.hpp"

#include "store/pack.hpp"

namespace dialtone::store {

RunWriter::RunWriter(Database& database)
    : find_(database,
            "SELECT first, items FROM run WHERE scope = ?1 AND term = ?2 AND first <= ?3 ORDER BY first DESC LIMIT 1"),
      next_(database, "SELECT first FROM run WHERE scope = ?1 AND term = ?2 AND first > ?3 ORDER BY first LIMIT 1"),
      put_(database, "INSERT OR REPLACE INTO run(scope, term, first, items) VALUES(?1, ?2, ?3, ?4)"),
      erase_(database, "DELETE FROM run WHERE scope = ?1 AND term = ?2 AND first = ?3") {}

void RunWriter::merge(std::int64_t scope, std::string_view term, std::span<const RunChange> changes,
                      const OnOld& on_old) {
  while (!changes.empty()) changes = changes.subspan(merge_into_one(scope, term, changes, on_old));
}

/// Takes as many changes as belong to the run of the first, and returns how many those are.
std::size_t RunWriter::merge_into_one(std::int64_t scope, std::string_view term, std::span<const RunChange> changes,
                                      const OnOld& on_old) {
  std::string first;
  std::string old_plain;
  {
    auto run = find_.run(scope, term, changes.front().id);
    if (run.step()) {
      first = run.text(0);
      old_plain = unpack(run.text(1));
    }
  }
  std::size_t taken = 1;
  bool is_last = true;
  if (changes.size() > 1 || !old_plain.empty()) {
    auto run = next_.run(scope, term, changes.front().id);
    if (run.step()) {
      is_last = false;
      const auto next = run.text(0);
      while (taken < changes.size() && changes[taken].id < next) ++taken;
    } else {
      taken = changes.size();
    }
  }

  const std::vector<Item> old = items_of(old_plain);
  items_.clear();
  auto at = old.begin();
  for (const RunChange& change : changes.first(taken)) {
    for (; at != old.end() && at->id < change.id; ++at) items_.push_back(*at);
    if (at != old.end() && at->id == change.id) {
      if (on_old) on_old(change, at->payload);
      ++at;
    }
    if (!change.erased) items_.push_back({.id = change.id, .payload = change.payload});
  }
  items_.insert(items_.end(), at, old.end());

  if (!old.empty() && (items_.empty() || items_.front().id != first))
    erase_.execute(scope, term, std::string_view(first));
  // The last run is filled before another begins, for most of what comes is newest. Others are parted evenly.
  std::size_t part = kRunBytesMax;
  if (!is_last) {
    std::size_t bytes = 0;
    for (const Item& item : items_) bytes += item.size();
    part = bytes / (bytes / kRunBytesMax + 1) + 1;
  }
  std::span<const Item> rest(items_);
  while (!rest.empty()) {
    std::size_t count = 0;
    for (std::size_t bytes = 0; count < rest.size() && (count == 0 || bytes + rest[count].size() <= part); ++count)
      bytes += rest[count].size();
    write(scope, term, rest.first(count));
    rest = rest.subspan(count);
  }
  return taken;
}

void RunWriter::write(std::int64_t scope, std::string_view term, std::span<const Item> items) {
  plain_.clear();
  for (const Item& item : items) append_item(plain_, item);
  write_one(scope, term, items.front().id);
}

void RunWriter::write_one(std::int64_t scope, std::string_view term, std::string_view first) {
  packed_.clear();
  append_packed(packed_, plain_);
  put_.execute(scope, term, first, Blob{packed_});
}

void RunWriter::append(std::int64_t scope, std::string_view term, Item item) {
  const bool fits = scope == appended_.scope && term == appended_.term && plain_.size() + item.size() <= kRunBytesMax;
  if (!fits) {
    flush();
    appended_ = {.scope = scope, .term = std::string(term), .first = std::string(item.id)};
  }
  append_item(plain_, item);
}

void RunWriter::flush() {
  if (!plain_.empty()) write_one(appended_.scope, appended_.term, appended_.first);
  plain_.clear();
}

}  // namespace dialtone::store
