#include "store/codec.hpp"
#include "store/store.hpp"

namespace dialtone::store {

void Transaction::put(std::string_view scope, std::string_view id, std::string_view value,
                      std::span<const Term> terms) {
  Encoder out(changes);
  encode_put(out, scope, id, value, terms);
  ++change_count;
}

void Transaction::erase(std::string_view scope, std::string_view id) {
  Encoder out(changes);
  encode_erase(out, scope, id);
  ++change_count;
}

void Transaction::erase_tree(std::string_view path) {
  Encoder out(changes);
  encode_erase_tree(out, path);
  ++change_count;
}

void Transaction::journal(const EntryView& entry) {
  Encoder out(entries);
  encode(out, entry);
  ++entry_count;
}

void Transaction::outbox(OutboxRow row) { rows.push_back(std::move(row)); }

void Transaction::outbox_done(std::uint64_t id) { done.push_back(id); }

void Transaction::require_absent(std::string scope, std::string id) {
  conditions.push_back({.scope = std::move(scope), .id = std::move(id), .seen = nullptr});
}

void Transaction::require_unchanged(std::string scope, RecordPtr seen) {
  std::string id = seen->id;
  conditions.push_back({.scope = std::move(scope), .id = std::move(id), .seen = std::move(seen)});
}

void Transaction::add_changes(const Transaction& other) {
  changes += other.changes;
  change_count += other.change_count;
  rows.insert(rows.end(), other.rows.begin(), other.rows.end());
}

void Committed::for_each_entry(const std::function<void(const EntryView&)>& visit) const {
  Decoder in(entries);
  for (auto position = first_position; !in.at_end(); ++position) visit(decode_entry(in, position));
}

}  // namespace dialtone::store
