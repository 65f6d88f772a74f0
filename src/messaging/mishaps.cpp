// Messages with which something goes wrong on purpose (carrier.hpp, Mishap). What is to happen later lies in the
// outbox, as everything else does, so a restart changes nothing.

#include <charconv>

#include "messaging/errors.hpp"
#include "messaging/messenger.hpp"

namespace dialtone::messaging {
namespace {

constexpr std::string_view kDeliver = "message.deliver";
constexpr std::string_view kCarryLate = "message.carry";
constexpr std::string_view kReceipt = "message.receipt";
constexpr std::chrono::seconds kRetryAfter{5};
/// A message that nobody takes waits so long. Source: ValidityPeriod of the Messages resource, default.
constexpr std::chrono::seconds kWaitMax{36'000};
constexpr ErrorRow kValidityOver{30036, 0, "Validity Period Expired"};

using Outcome = Report::Outcome;

/// What a receipt that comes later will say: `AC… delivered 0`.
std::string receipt_data(const Message& message, const Report& report) {
  return fmt::format("{} {} {}", message.account_sid, static_cast<int>(report.outcome), report.error_code);
}

}  // namespace

void Messenger::start_mishaps() {
  services_.ledger.on(std::string(kCarryLate), [this](store::OutboxRow row) { return carry_late(std::move(row)); });
  services_.ledger.on(std::string(kReceipt), [this](store::OutboxRow row) { return receipt(std::move(row)); });
}

Task<> Messenger::carry_into(Mishap mishap, Message message, store::Transaction& transaction) {
  using Kind = Mishap::Kind;
  const TimePoint now = services_.clock.now();
  const auto keep = [&] { put(transaction, message); };
  const auto later = [&](std::string_view kind, TimePoint due, std::string data) {
    transaction.outbox({.due = due, .kind = std::string(kind), .subject = message.sid, .data = std::move(data)});
  };

  if (mishap.kind == Kind::kDown) {
    if (now - message.created < (message.validity.count() > 0 ? message.validity : kWaitMax)) {
      keep();
      later(kDeliver, now + kRetryAfter, message.account_sid);
      co_return;
    }
    mishap = {.kind = Kind::kFail,
              .error_code = kValidityOver.code,
              .error_message = std::string(kValidityOver.message),
              .rejected = true};
  }
  if (mishap.kind == Kind::kFail) {
    const Report refusal{.outcome = Outcome::kFailed, .error_code = mishap.error_code};
    if (falls_back(message, refusal, transaction)) {
      const Mishap next = mishaps_ ? mishaps_->strike(message, transaction) : Mishap{};
      if (next.kind == Kind::kNone) {
        co_await carry(message, transaction);
      } else {
        co_await carry_into(next, std::move(message), transaction);
      }
      co_return;
    }
  }
  enter(message, Status::kSending, transaction);
  if (mishap.kind == Kind::kSlow) {
    keep();
    later(kCarryLate, now + mishap.by, message.account_sid);
    co_return;
  }

  Report report{.outcome = Outcome::kSent};
  if (mishap.kind == Kind::kFail) {
    report = {.outcome = mishap.rejected ? Outcome::kFailed : Outcome::kUndelivered,
              .error_code = mishap.error_code,
              .error_message = mishap.error_message};
  } else if (mishap.kind != Kind::kLoseMessage) {
    report = co_await submit(message, transaction);
    if (mishap.kind == Kind::kTwice && report.outcome == Outcome::kDelivered) {
      Message copy = message;
      copy.sid = services_.sids.make(message.sid.substr(0, 2));
      co_await submit(copy, transaction);
    }
  }
  const bool taken = report.outcome != Outcome::kFailed;
  if (taken) {
    message.sent = services_.clock.now();
    message.price = price_of(message);
    enter(message, Status::kSent, transaction);
    if (mishap.kind != Kind::kOutOfOrder) add_callback(transaction, message);
  }
  const Message sent = message;
  if (mishap.kind == Kind::kDelay) {
    later(kReceipt, now + mishap.by, receipt_data(message, report));
  } else if (mishap.kind != Kind::kLoseReceipt && mishap.kind != Kind::kLoseMessage) {
    end(message, report, transaction);
    const std::size_t times = mishap.kind == Kind::kPerSegment ? std::max<std::size_t>(message.num_segments, 1) : 1;
    for (std::size_t i = 0; i < times; ++i) add_callback(transaction, message);
    if (taken && mishap.kind == Kind::kOutOfOrder) add_callback(transaction, sent);
  }
  keep();
}

Task<Result<>> Messenger::carry_late(store::OutboxRow row) {
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  if (const auto record = co_await services_.ledger.store().get(message_scope(row.data), row.subject)) {
    if (Message message = from_record(*record); message.status == Status::kSending) {
      if (message.num_media > 0) message.media = co_await media_of(services_, message);
      co_await carry(message, transaction);
    }
  }
  co_return co_await services_.ledger.finish(std::move(transaction));
}

Task<Result<>> Messenger::receipt(store::OutboxRow row) {
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  const std::string_view data = row.data;
  const std::string_view account = data.substr(0, data.find(' '));
  int outcome = 0;
  Report report;
  const char* const last = data.data() + data.size();
  const auto [rest, error] = std::from_chars(data.data() + account.size() + 1, last, outcome);
  if (error == std::errc{} && rest != last) std::from_chars(rest + 1, last, report.error_code);
  report.outcome = static_cast<Outcome>(outcome);
  if (report.error_code == errors::kUnknownHandset.code) report.error_message = errors::kUnknownHandset.message;
  if (report.error_code == errors::kUnreachable.code) report.error_message = errors::kUnreachable.message;
  if (const auto record = co_await services_.ledger.store().get(message_scope(account), row.subject)) {
    if (Message message = from_record(*record); message.status == Status::kSent) {
      transaction.require_unchanged(message_scope(account), record);
      end(message, report, transaction);
      add_callback(transaction, message);
      put(transaction, message);
    }
  }
  co_return co_await services_.ledger.finish(std::move(transaction));
}

}  // namespace dialtone::messaging
