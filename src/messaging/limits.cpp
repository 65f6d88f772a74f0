#include "messaging/limits.hpp"

#include <fmt/format.h>

#include "base/e164.hpp"

namespace dialtone::messaging {
namespace {

constexpr std::string_view kPaced = "message.paced";
constexpr std::size_t kSendersMax = 100'000;

}  // namespace

int Limits::rate_of(std::string_view sender) {
  if (is_short_code(sender)) return kShortCodeRate;
  const auto number = E164::parse(sender);
  if (!number) return kOtherRate;
  if (number->is_toll_free()) return kTollFreeRate;
  return number->is_us_or_canada() ? kLongCodeRate : kOtherRate;
}

Task<> Limits::load() {
  free_at_.clear();
  for (std::uint64_t after = 0;;) {
    const auto rows = co_await services_.ledger.store().outbox(after, 1000);
    if (rows.empty()) break;
    after = rows.back().id;
    for (const auto& row : rows) {
      if (row.kind != kPaced) continue;
      // The subject is `sender receiver`. How long the last one takes is not known here; a second is what most do.
      auto& free_at = free_at_[row.subject.substr(0, row.subject.find(' '))];
      free_at = std::max(free_at, row.due + std::chrono::seconds(1));
    }
  }
}

bool Limits::has_room(std::string_view sender) const {
  const auto found = free_at_.find(std::string(sender));
  return found == free_at_.end() || found->second - services_.clock.now() < kQueueMax;
}

TimePoint Limits::take_turn(std::string_view sender, std::size_t segments) {
  const TimePoint now = services_.clock.now();
  if (free_at_.size() >= kSendersMax) std::erase_if(free_at_, [&](const auto& each) { return each.second < now; });
  TimePoint& free_at = free_at_[std::string(sender)];
  const TimePoint turn = std::max(now, free_at);
  free_at = turn + std::chrono::duration_cast<Duration>(std::chrono::seconds(1)) *
                       static_cast<std::int64_t>(std::max<std::size_t>(segments, 1)) / rate_of(sender);
  return turn;
}

Task<bool> Limits::is_unregistered(Message message) {
  const auto from = E164::parse(message.from);
  const auto to = E164::parse(message.to);
  if (!from || !to || from->is_toll_free() || from->country() != "US" || to->country() != "US") co_return false;
  const NumberPtr number = numbers_.find(message.from);
  if (!number) co_return false;
  auto& store = services_.ledger.store();
  const std::string services = message.account_sid + "/messaging/v1/Services";
  store::ListQuery query{.scope = services, .limit = 500};
  while (true) {
    const auto rows = co_await store.list(query);
    for (const auto& row : rows) {
      // An entry of a pool has the SID of the number itself.
      if (!co_await store.get(fmt::format("{}/{}/PhoneNumbers", services, row->id), number->sid)) continue;
      for (const auto& campaign :
           co_await store.list({.scope = fmt::format("{}/{}/Compliance/Usa2p", services, row->id), .limit = 10})) {
        const json::value value = json::parse(campaign->value.substr(0, campaign->value.find('\0')));
        const std::string_view status = text_of(value.as_object(), "campaign_status");
        if (status != "FAILED" && status != "SUSPENDED") co_return false;
      }
    }
    if (rows.size() < query.limit) co_return true;
    query.after = rows.back()->id;
  }
}

}  // namespace dialtone::messaging
