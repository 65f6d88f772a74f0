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

}  // namespace dialtone::messaging
