#include "lab/message_search.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>

namespace dialtone::lab {
namespace {

constexpr std::size_t kBatch = 250;

/// What lies right after every SID of that time, so that a list that goes back from there begins with it.
std::string edge_of(TimePoint time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
  return fmt::format("{:012x}g", std::max<std::int64_t>(milliseconds, 0));
}

}  // namespace

bool MessageSearch::fits(const messaging::Message& message) const {
  if (!sid.empty() && !boost::algorithm::istarts_with(message.sid, sid)) return false;
  if (!from.empty() && message.from != from) return false;
  if (!to.empty() && message.to != to) return false;
  if (!status.empty() && name_of(message.status) != status) return false;
  if (!direction.empty()) {
    const std::string_view name = name_of(message.direction);
    if (name != direction && !(direction == "outbound" && name.starts_with("outbound"))) return false;
  }
  if (since && message.created < *since) return false;
  if (until && message.created >= *until) return false;
  return text.empty() || boost::algorithm::icontains(message.body, text);
}

MessageScan::MessageScan(store::Store& store, std::string account_sid, MessageSearch search, std::string after)
    : store_(store), scope_(messaging::message_scope(account_sid)), search_(std::move(search)) {
  std::string edge = after.size() > 2 ? after.substr(2) : std::string("g");
  if (search_.until) edge = std::min(edge, edge_of(*search_.until + std::chrono::seconds(1)));
  for (const std::string_view prefix : {"SM", "MM"})
    stretches_.push_back({.prefix = std::string(prefix), .after = std::string(prefix) + edge});
}

Task<> MessageScan::fill(Stretch& stretch) {
  if (!stretch.rows.empty() || stretch.ended) co_return;
  store::ListQuery query{.scope = scope_, .after = stretch.after, .limit = kBatch};
  if (!search_.to.empty()) {
    query.term = store::Term{"to", search_.to};
  } else if (!search_.from.empty()) {
    query.term = store::Term{"from", search_.from};
  }
  for (auto& row : co_await store_.list(std::move(query))) {
    if (!row->id.starts_with(stretch.prefix)) break;
    stretch.rows.push_back(std::move(row));
  }
  if (stretch.rows.size() < kBatch) stretch.ended = true;
  if (!stretch.rows.empty()) stretch.after = stretch.rows.back()->id;
}

Task<std::optional<MessageScan::Found>> MessageScan::next(std::size_t scan_max) {
  for (std::size_t looked = 0; looked < scan_max && !ended_; ++looked) {
    Stretch* newest = nullptr;
    for (Stretch& stretch : stretches_) {
      co_await fill(stretch);
      if (stretch.rows.empty()) continue;
      if (!newest || stretch.rows.front()->id.substr(2) > newest->rows.front()->id.substr(2)) newest = &stretch;
    }
    if (!newest) {
      ended_ = true;
      break;
    }
    store::RecordPtr record = std::move(newest->rows.front());
    newest->rows.pop_front();
    position_ = record->id;
    messaging::Message message = messaging::from_record(*record);
    // SIDs are in the order of time, so nothing older fits either. (A second of grace: a clock may have been set back.)
    if (search_.since && message.created < *search_.since - std::chrono::seconds(1)) {
      ended_ = true;
      break;
    }
    if (search_.fits(message)) co_return Found{.record = std::move(record), .message = std::move(message)};
  }
  co_return std::nullopt;
}

}  // namespace dialtone::lab
