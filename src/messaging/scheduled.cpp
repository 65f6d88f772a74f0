#include "messaging/scheduled.hpp"

#include "messaging/message.hpp"

namespace dialtone::messaging {
namespace {

constexpr std::string_view kDeliver = "message.deliver";

}  // namespace

Task<> Scheduled::load() {
  waiting_.clear();
  auto& store = services_.ledger.store();
  const TimePoint now = services_.clock.now();
  for (std::uint64_t after = 0;;) {
    const auto rows = co_await store.outbox(after, 1000);
    if (rows.empty()) break;
    after = rows.back().id;
    for (const auto& row : rows) {
      if (row.kind != kDeliver || row.due <= now) continue;
      const auto record = co_await store.get(message_scope(row.data), row.subject);
      if (record && from_record(*record).status == Status::kScheduled) waiting_[row.data].insert(row.subject);
    }
  }
}

void Scheduled::hear(const store::EntryView& entry) {
  if (entry.kind == "message.scheduled") {
    waiting_[std::string(entry.account)].emplace(entry.subject);
    return;
  }
  if (waiting_.empty()) return;
  const auto own = waiting_.find(std::string(entry.account));
  if (own == waiting_.end()) return;
  own->second.erase(std::string(entry.subject));
  if (own->second.empty()) waiting_.erase(own);
}

bool Scheduled::has_room(const std::string& account_sid) const {
  const auto own = waiting_.find(account_sid);
  return own == waiting_.end() ? max_ > 0 : own->second.size() < max_;
}

}  // namespace dialtone::messaging
