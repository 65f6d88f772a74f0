#include "lab/message_search.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include "base/sid.hpp"

namespace dialtone::lab {
namespace {

constexpr std::size_t kBatch = 250;

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
    : store_(store),
      scope_(messaging::message_scope(account_sid)),
      search_(std::move(search)),
      after_(std::move(after)) {
  // A second of grace: a clock may have been set back.
  if (after_.empty() && search_.until) after_ = first_sid_of(*search_.until + std::chrono::seconds(1));
}

Task<> MessageScan::fill() {
  if (after_.empty() && is_sid(search_.sid)) {
    all_read_ = true;
    if (auto record = co_await store_.get(scope_, search_.sid)) rows_.push_back(std::move(record));
    co_return;
  }
  store::ListQuery query{.scope = scope_, .after = after_, .limit = kBatch};
  if (!search_.to.empty()) {
    query.term = store::Term{"to", search_.to};
  } else if (!search_.from.empty()) {
    query.term = store::Term{"from", search_.from};
  }
  auto rows = co_await store_.list(std::move(query));
  all_read_ = rows.size() < kBatch;
  if (!rows.empty()) after_ = rows.back()->id;
  rows_.assign(std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
}

Task<std::optional<MessageScan::Found>> MessageScan::next(std::size_t scan_max) {
  for (std::size_t looked = 0; looked < scan_max && !ended_; ++looked) {
    if (rows_.empty() && !all_read_) co_await fill();
    if (rows_.empty()) {
      ended_ = true;
      break;
    }
    store::RecordPtr record = std::move(rows_.front());
    rows_.pop_front();
    position_ = record->id;
    messaging::Message message = messaging::from_record(*record);
    // SIDs are in the order of time, so nothing older fits either.
    if (search_.since && message.created < *search_.since - std::chrono::seconds(1)) {
      ended_ = true;
      break;
    }
    if (search_.fits(message)) co_return Found{.record = std::move(record), .message = std::move(message)};
  }
  co_return std::nullopt;
}

}  // namespace dialtone::lab
