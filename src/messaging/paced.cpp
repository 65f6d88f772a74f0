// Messages of senders that have a sending rate (limits.hpp): from the queue to the carrier when it is their turn.

#include "base/e164.hpp"
#include "messaging/errors.hpp"
#include "messaging/limits.hpp"
#include "messaging/messenger.hpp"

namespace dialtone::messaging {
namespace {

constexpr std::string_view kPaced = "message.paced";
constexpr ErrorRow kOverflow{30001, 0, "Queue overflow"};
constexpr ErrorRow kUnregistered{30034, 0, "US A2P 10DLC - Message from an unregistered number"};
constexpr ErrorRow kTollFreeUnverified{30032, 0, "Toll-Free Number Has Not Been Verified"};

Mishap failure(const ErrorRow& row, bool rejected) {
  return {.kind = Mishap::Kind::kFail,
          .error_code = row.code,
          .error_message = std::string(row.message),
          .rejected = rejected};
}

}  // namespace

void Messenger::start_paced() {
  services_.ledger.on(std::string(kPaced), [this](store::OutboxRow row) { return deliver_in_turn(std::move(row)); });
}

void Messenger::wait_for_turn(const Message& message, store::Transaction& transaction) {
  // One subject for the pair: what one writes to the other arrives in the order in which it was queued.
  transaction.outbox({.due = limits_->take_turn(message.from, message.num_segments),
                      .kind = std::string(kPaced),
                      .subject = message.from + ' ' + message.to,
                      .data = message.account_sid + ' ' + message.sid});
}

Task<> Messenger::line_up(Message message, store::Transaction& transaction) {
  // Only a service's message gets here when there is no room: others were refused (21611).
  if (!limits_->has_room(message.from)) {
    co_await carry_into(failure(kOverflow, true), std::move(message), transaction);
    co_return;
  }
  wait_for_turn(message, transaction);
  put(transaction, message);
}

Task<std::optional<ErrorRow>> Messenger::registration_missing(Message message) {
  const auto from = E164::parse(message.from);
  const auto to = E164::parse(message.to);
  if (!from || !to || !numbers_.find(message.from)) co_return std::nullopt;
  if (from->is_toll_free()) {
    if (to->country() != "US" && to->country() != "CA") co_return std::nullopt;
    if (co_await registrations_.is_verified(message.account_sid, message.from)) co_return std::nullopt;
    co_return kTollFreeUnverified;
  }
  if (from->country() != "US" || to->country() != "US") co_return std::nullopt;
  const auto service = messaging_services_.of_sender(message.from);
  if (co_await registrations_.has_campaign(message.account_sid, service ? service->sid : std::string()))
    co_return std::nullopt;
  co_return kUnregistered;
}

Task<Result<>> Messenger::deliver_in_turn(store::OutboxRow row) {
  const std::size_t space = row.data.find(' ');
  const std::string account = row.data.substr(0, space);
  const std::string sid = row.data.substr(std::min(space + 1, row.data.size()));
  const auto record = co_await services_.ledger.store().get(message_scope(account), sid);
  if (record && limits_ && !is_final(from_record(*record).status)) {
    Message message = from_record(*record);
    if (const auto refusal = co_await registration_missing(message)) {
      store::Transaction transaction;
      transaction.outbox_done(row.id);
      co_await carry_into(failure(*refusal, false), std::move(message), transaction);
      co_return co_await services_.ledger.finish(std::move(transaction));
    }
  }
  row.subject = sid;
  row.data = account;
  co_return co_await deliver(std::move(row));
}

}  // namespace dialtone::messaging
