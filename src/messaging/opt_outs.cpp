#include "messaging/opt_outs.hpp"

#include <fmt/format.h>

namespace dialtone::messaging {
namespace {

constexpr std::string_view kAdded = "opt_out.added";
constexpr std::string_view kRemoved = "opt_out.removed";

std::string pair_of(std::string_view sender, std::string_view phone) { return fmt::format("{} {}", sender, phone); }

}  // namespace

Task<> OptOuts::load() {
  by_account_.clear();
  store::ListQuery query{.scope = std::string(kOptOutsScope), .oldest_first = true, .limit = 500};
  while (true) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) {
      const std::size_t space = row->id.find(' ');
      by_account_[row->id.substr(0, space)].insert(row->id.substr(space + 1));
    }
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
}

bool OptOuts::has(std::string_view account_sid, std::string_view sender, std::string_view phone) const {
  const auto found = by_account_.find(std::string(account_sid));
  return found != by_account_.end() && found->second.contains(pair_of(sender, phone));
}

void OptOuts::change(store::Transaction& transaction, std::string_view kind, std::string_view account_sid,
                     std::string_view sender, std::string_view phone) const {
  std::string id = fmt::format("{} {} {}", account_sid, sender, phone);
  if (kind == kAdded) {
    transaction.put(kOptOutsScope, std::move(id), "{}");
  } else {
    transaction.erase(kOptOutsScope, std::move(id));
  }
  transaction.journal({.at = services_.clock.now(),
                       .kind = std::string(kind),
                       .account = std::string(account_sid),
                       .subject = std::string(phone),
                       .data = wire_json({{"sender", sender}})});
}

void OptOuts::add(store::Transaction& transaction, std::string_view account_sid, std::string_view sender,
                  std::string_view phone) const {
  change(transaction, kAdded, account_sid, sender, phone);
}

void OptOuts::remove(store::Transaction& transaction, std::string_view account_sid, std::string_view sender,
                     std::string_view phone) const {
  change(transaction, kRemoved, account_sid, sender, phone);
}

void OptOuts::erase_account(store::Transaction& transaction, std::string_view account_sid) const {
  const auto found = by_account_.find(std::string(account_sid));
  if (found == by_account_.end()) return;
  for (const std::string& pair : found->second)
    transaction.erase(kOptOutsScope, fmt::format("{} {}", account_sid, pair));
}

void OptOuts::hear(const store::EntryView& entry) {
  if (!entry.kind.starts_with("opt_out.")) return;
  const json::object data = stored_object(entry.data);
  const std::string pair = pair_of(text_of(data, "sender"), entry.subject);
  if (entry.kind == kAdded) {
    by_account_[std::string(entry.account)].insert(pair);
    return;
  }
  const auto found = by_account_.find(std::string(entry.account));
  if (found == by_account_.end()) return;
  found->second.erase(pair);
  if (found->second.empty()) by_account_.erase(found);
}

}  // namespace dialtone::messaging
