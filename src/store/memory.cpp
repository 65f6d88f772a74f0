#include <deque>
#include <map>
#include <set>

#include "store/codec.hpp"
#include "store/generation.hpp"
#include "store/ordered_id.hpp"

namespace dialtone::store {
namespace {

/// Commits happen at once, in the order in which the coroutines ask. Nothing survives, and the oldest journal entries
/// are forgotten so that a server that runs for months does not grow.
class MemoryStore final : public Store {
 public:
  explicit MemoryStore(Executor executor) : executor_(executor) {}

  Task<Result<Committed>> commit(Transaction transaction) override {
    if (!holds(transaction)) co_return fail(kConflict);
    for (ChangeReader in(transaction.changes); in.next();) apply(in);
    Committed committed{.first_position = last_position_ + 1,
                        .last_position = last_position_ + transaction.entry_count,
                        .entries = std::move(transaction.entries),
                        .rows = {}};
    committed.for_each_entry([this](const EntryView& entry) {
      entries_.push_back(copy_of(entry));
      if (entries_.size() > kEntriesMax) entries_.pop_front();
    });
    last_position_ = committed.last_position;
    for (OutboxRow& row : transaction.rows) {
      row.id = ++last_outbox_id_;
      rows_.emplace(row.id, row);
    }
    for (const auto id : transaction.done) rows_.erase(id);
    // Others may go on before the answer, as with a store that writes to disk.
    co_await asio::post(executor_, use_task);
    committed.rows = std::move(transaction.rows);
    co_return committed;
  }

  std::optional<RecordPtr> peek(std::string_view scope, std::string_view id) override { return find(scope, id); }

  Task<RecordPtr> get(std::string_view scope, std::string_view id) override { co_return find(scope, id); }

  Task<std::vector<RecordPtr>> list(ListQuery query) override {
    std::vector<RecordPtr> found;
    const auto scope = scopes_.find(query.scope);
    if (scope == scopes_.end()) co_return found;
    const auto record_of = [&](const auto& item) -> const RecordPtr& {
      if constexpr (requires { item.second; }) {
        return item.second;
      } else {
        return scope->second.records.find(item)->second;
      }
    };
    const std::string after = ordered_id(query.after);
    const std::string until = ordered_id(query.until);
    const auto page = [&](const auto& index) {
      const bool up = query.oldest_first;
      auto at = query.after.empty() ? (up ? index.begin() : index.end())
                                    : (up ? index.upper_bound(after) : index.lower_bound(after));
      const auto end = up ? (query.until.empty() ? index.end() : index.upper_bound(until)) : index.lower_bound(until);
      // Nothing lies between them when the list would begin behind its end.
      if (!query.after.empty() && !query.until.empty() && (up ? after > until : after < until)) return;
      while (found.size() < query.limit && at != end) found.push_back(record_of(up ? *at++ : *--at));
    };
    if (!query.term) {
      page(scope->second.records);
    } else if (const auto ids = scope->second.terms.find(pair_of(*query.term)); ids != scope->second.terms.end()) {
      page(ids->second);
    }
    co_return found;
  }

  Task<std::vector<std::string>> scopes_below(std::string path) override {
    std::vector<std::string> found;
    for (auto at = scopes_.lower_bound(path); at != scopes_.end() && at->first.starts_with(path); ++at) {
      if (path.empty() || lies_in(at->first, path)) found.push_back(at->first);
    }
    co_return found;
  }

  Task<std::vector<JournalEntry>> journal(std::uint64_t after, std::size_t limit) override {
    const auto from = std::ranges::upper_bound(entries_, after, {}, &JournalEntry::position);
    const auto left = static_cast<std::size_t>(entries_.end() - from);
    co_return std::vector<JournalEntry>(from, from + static_cast<std::ptrdiff_t>(std::min(left, limit)));
  }

  bool answers_soon() const override { return false; }
  std::uint64_t last_position() const override { return last_position_; }

  Task<std::vector<OutboxRow>> outbox(std::uint64_t after, std::size_t limit) override {
    std::vector<OutboxRow> found;
    for (auto at = rows_.upper_bound(after); at != rows_.end() && found.size() < limit; ++at)
      found.push_back(at->second);
    co_return found;
  }

  Task<> settle() override { co_return; }

 private:
  static constexpr std::size_t kEntriesMax = 1'000'000;

  using TermPair = std::pair<std::string, std::string>;
  struct Scope {  ///< ids as they are ordered
    std::map<std::string, RecordPtr, std::less<>> records;
    std::map<TermPair, std::set<std::string>> terms;
  };

  static TermPair pair_of(const Term& term) { return {term.field, term.value}; }

  RecordPtr find(std::string_view scope, std::string_view id) const {
    const auto records = scopes_.find(scope);
    if (records == scopes_.end()) return nullptr;
    const auto record = records->second.records.find(ordered_id(id));
    return record == records->second.records.end() ? nullptr : record->second;
  }

  bool holds(const Transaction& transaction) const {
    return std::ranges::all_of(transaction.conditions, [&](const Transaction::Condition& condition) {
      const auto found = find(condition.scope, condition.id);
      return condition.seen ? found && found->value == condition.seen->value : found == nullptr;
    });
  }

  void apply(const ChangeReader& change) {
    switch (change.kind) {
      case ChangeReader::Kind::kPut:
        put(change);
        break;
      case ChangeReader::Kind::kErase:
        erase(std::string(change.scope), std::string(change.id));
        break;
      case ChangeReader::Kind::kEraseTree:
        std::erase_if(scopes_, [&](const auto& scope) { return lies_in(scope.first, change.scope); });
        break;
      case ChangeReader::Kind::kRow:
      case ChangeReader::Kind::kDone:
        break;
    }
  }

  void put(const ChangeReader& change) {
    Scope& scope = scopes_[std::string(change.scope)];
    const std::string id = ordered_id(change.id);
    RecordPtr& record = scope.records[id];
    if (record) forget_terms(scope, *record);
    record = make_record(change.id, change.record);
    for (const Term& term : record->terms) scope.terms[pair_of(term)].insert(id);
  }

  void erase(const std::string& path, const std::string& id) {
    const auto scope = scopes_.find(path);
    if (scope == scopes_.end()) return;
    const auto record = scope->second.records.find(ordered_id(id));
    if (record == scope->second.records.end()) return;
    forget_terms(scope->second, *record->second);
    scope->second.records.erase(record);
    if (scope->second.records.empty()) scopes_.erase(scope);
  }

  static void forget_terms(Scope& scope, const Record& record) {
    for (const Term& term : record.terms) {
      const auto ids = scope.terms.find(pair_of(term));
      if (ids == scope.terms.end()) continue;
      ids->second.erase(ordered_id(record.id));
      if (ids->second.empty()) scope.terms.erase(ids);
    }
  }

  Executor executor_;
  std::map<std::string, Scope, std::less<>> scopes_;
  std::deque<JournalEntry> entries_;
  std::map<std::uint64_t, OutboxRow> rows_;
  std::uint64_t last_position_ = 0;
  std::uint64_t last_outbox_id_ = 0;
};

}  // namespace

std::unique_ptr<Store> open_memory(Executor executor) { return std::make_unique<MemoryStore>(executor); }

}  // namespace dialtone::store
