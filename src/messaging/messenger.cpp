#include "messaging/messenger.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/e164.hpp"
#include "base/form.hpp"
#include "base/log.hpp"
#include "messaging/channel.hpp"
#include "messaging/errors.hpp"
#include "messaging/media.hpp"
#include "messaging/reply.hpp"
#include "messaging/segments.hpp"
#include "monitor/notification.hpp"

namespace dialtone::messaging {
namespace {

constexpr std::string_view kDeliver = "message.deliver";
constexpr std::string_view kInbound = "message.inbound";
constexpr std::string_view kStatusCallback = "webhook.status";
constexpr std::size_t kReplyPairsMax = 10'000;
constexpr std::size_t kRepliesMax = 15;
constexpr std::chrono::seconds kRepliesWindow{30};

/// An event's token is the same on every try, also after a restart: the message's own digits.
std::string idempotency_token(std::string_view sid) {
  const std::string_view hex = sid.substr(2);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20, 12));
}

void keep_sticky(store::Transaction& transaction, const Message& message, std::string_view sender) {
  transaction.put(sticky_scope(message.account_sid, message.service_sid), message.to, sender);
}

/// Has a queued message waited longer than it may?
bool is_expired(const Message& message, TimePoint now) {
  return now > message.updated + (message.validity.count() > 0 ? message.validity : kValidityMax);
}

/// ContentRetention and AddressRetention, once it is finished.
void forget_what_is_asked(Message& message) {
  if (message.discard_body) message.body.clear();
  if (message.obfuscate_to && message.to.size() > 4) message.to.replace(message.to.size() - 4, 4, "XXXX");
}

}  // namespace

Messenger::Messenger(rest::Services& services, rest::Authenticator& accounts, Numbers& numbers, monitor::Alerts& alerts,
                     webhook::Client& client, MediaFiles& files)
    : services_(services),
      accounts_(accounts),
      numbers_(numbers),
      alerts_(alerts),
      client_(client),
      files_(files),
      messaging_services_(services),
      opt_outs_(services),
      auto_replies_(services, opt_outs_),
      registrations_(services),
      scheduled_(services),
      link_domains_(services, accounts, alerts, client),
      geo_permissions_(services) {}

Task<> Messenger::load() {
  if (listener_ == 0) listener_ = services_.ledger.subscribe([this](const store::EntryView& entry) { hear(entry); });
  co_await messaging_services_.load();
  co_await opt_outs_.load();
  co_await link_domains_.load();
  co_await geo_permissions_.load();
  co_await scheduled_.load();
}

void Messenger::hear(const store::EntryView& entry) {
  if (entry.kind.starts_with("message.")) return scheduled_.hear(entry);  // nearly all
  opt_outs_.hear(entry);
  if (entry.kind == "tenant.removed") {
    const std::string account(entry.subject);
    messaging_services_.forget_account(account);
    opt_outs_.forget_account(account);
    link_domains_.forget_account(account);
    geo_permissions_.forget_account(account);
    scheduled_.forget_account(account);
    files_.erase_owner(account);
  }
}

void Messenger::erase_account(store::Transaction& transaction, std::string_view account_sid) const {
  messaging_services_.erase_account(transaction, account_sid);
  opt_outs_.erase_account(transaction, account_sid);
  link_domains_.erase_account(transaction, account_sid);
  geo_permissions_.erase_account(transaction, account_sid);
}

void Messenger::start() {
  services_.ledger.on(std::string(kDeliver), [this](store::OutboxRow row) { return deliver(std::move(row)); });
  services_.ledger.on(std::string(kInbound), [this](store::OutboxRow row) { return answer(std::move(row)); });
  services_.ledger.on(std::string(kStatusCallback), [this](store::OutboxRow row) { return call_back(std::move(row)); });
  auto_replies_.start();
  registrations_.start();
  link_domains_.start();
  start_mishaps();
  start_paced();
}

void Messenger::add(store::Transaction& transaction, const Message& message) {
  put(transaction, message);
  if (!message.media.empty()) {
    Message with_media = message;
    add_media(transaction, services_, with_media);
  }
  if (message.new_sticky) keep_sticky(transaction, message, message.sender);
  add_entry(transaction, message);
  if (is_final(message.status) && message.direction != Direction::kInbound) {  // refused: nothing is to be done
    add_callback(transaction, message);
    return;
  }
  if (limits_ && message.status == Status::kQueued && message.direction != Direction::kInbound) {
    return wait_for_turn(message, transaction);
  }
  transaction.outbox({.due = message.send_at.value_or(message.created),
                      .kind = std::string(message.direction == Direction::kInbound ? kInbound : kDeliver),
                      .subject = message.sid,
                      .data = message.account_sid});
}

Task<> Messenger::send(store::Transaction& transaction, Message& message) {
  // What has pictures waits for them, a fault may be meant for it, and a sender may have to wait for its turn.
  if (message.status != Status::kQueued || !message.media_urls.empty() || mishaps_ || limits_ ||
      !carrier_->carries_at_once() || is_too_long_for_trial(message)) {
    add(transaction, message);
    co_return;
  }
  transaction.entries.reserve(1536);  // what a message comes to, about
  transaction.changes.reserve(768);
  add_entry(transaction, message);
  co_await carry(message, transaction);
}

void Messenger::add_entry(store::Transaction& transaction, const Message& message) {
  thread_local std::string data, kind;
  data = "{\"from\": ";
  append_json_string(data, message.from);
  data += ", \"to\": ";
  append_json_string(data, message.to);
  data += ", \"status\": \"";
  data += name_of(message.status);
  data += "\", \"direction\": \"";
  data += name_of(message.direction);
  data += '"';
  if (message.error_code != 0) {
    data += ", \"error_code\": ";
    data += std::to_string(message.error_code);
  }
  if (message.status == Status::kSent || message.status == Status::kReceived) {  // what is charged for
    data += ", \"num_segments\": ";
    data += std::to_string(message.num_segments);
    data += ", \"price\": ";
    append_json_string(data, message.price.value_or("0"));
  }
  const bool first = message.updated == message.created;
  if (first) {
    data += ", \"body\": ";
    append_json_string(data, message.body);
    if (!message.intent.empty()) {
      data += ", \"intent\": ";
      append_json_string(data, message.intent);
    }
  }
  data += '}';
  kind = "message.";
  kind += name_of(message.status);
  transaction.journal(
      {.at = message.updated, .kind = kind, .account = message.account_sid, .subject = message.sid, .data = data});
}

void Messenger::add_callback(store::Transaction& transaction, const Message& message) {
  if (message.status_callback.empty()) return;
  const std::string status(name_of(message.status));
  // Order as seen from Twilio: the fact sheet, section 2.4.
  FormPairs params;
  if (message.error_code != 0) params.emplace_back("ErrorCode", std::to_string(message.error_code));
  if (message.status == Status::kDelivered || message.status == Status::kUndelivered) {
    const std::string iso = iso8601(message.updated);  // YYYY-MM-DDThh:mm → YYMMDDhhmm
    params.emplace_back("RawDlrDoneDate",
                        iso.substr(2, 2) + iso.substr(5, 2) + iso.substr(8, 2) + iso.substr(11, 2) + iso.substr(14, 2));
  }
  params.emplace_back("SmsSid", message.sid);
  params.emplace_back("SmsStatus", status);
  params.emplace_back("MessageStatus", status);
  params.emplace_back("To", message.to);
  if (!message.service_sid.empty()) params.emplace_back("MessagingServiceSid", message.service_sid);
  params.emplace_back("MessageSid", message.sid);
  params.emplace_back("AccountSid", message.account_sid);
  params.emplace_back("From", message.from);
  params.emplace_back("ApiVersion", kApiVersion);
  std::string data;
  data.reserve(640 + message.status_callback.size());
  const auto member = [&](std::string_view name, std::string_view value) {
    data += data.empty() ? "{\"" : ", \"";
    data += name;
    data += "\": ";
    append_json_string(data, value);
  };
  member("account_sid", message.account_sid);
  member("message_sid", message.sid);
  member("token", random_uuid());
  member("url", message.status_callback);
  member("params", form_encode(params));
  data += '}';
  transaction.outbox({.due = message.updated,
                      .kind = std::string(kStatusCallback),
                      .subject = message.sid + "/status",
                      .data = std::move(data)});
}

Task<Result<>> Messenger::deliver(store::OutboxRow row) {
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  const std::string scope = message_scope(row.data);
  auto& store = services_.ledger.store();
  const auto known = store.peek(scope, row.subject);
  const store::RecordPtr record = known ? *known : co_await store.get(scope, row.subject);
  if (!record) {  // deleted with its account
    co_return co_await services_.ledger.finish(std::move(transaction));
  }
  Message message = from_record(*record);
  if (is_final(message.status)) {  // canceled meanwhile
    co_return co_await services_.ledger.finish(std::move(transaction));
  }
  // Suspended or closed since it was taken.
  if (const auto account = accounts_.find(message.account_sid); account && account->status != "active") {
    transaction.require_unchanged(scope, record);
    fail_with(message, errors::kAccountSuspended, transaction);
    co_return co_await services_.ledger.finish(std::move(transaction));
  }
  if (message.status != Status::kQueued) {
    // Somebody may cancel a scheduled message in the same moment: one of the two comes first.
    transaction.require_unchanged(scope, record);
    if (const auto ready = co_await make_ready(message, transaction); !ready) {
      fail_with(message, ready.error(), transaction);
      co_return co_await services_.ledger.finish(std::move(transaction));
    }
    message.num_segments = segments_of(message);
    if (message.new_sticky) keep_sticky(transaction, message, message.from);
    enter(message, Status::kQueued, transaction);
    add_callback(transaction, message);
    if (limits_) {
      co_await line_up(std::move(message), transaction);
      co_return co_await services_.ledger.finish(std::move(transaction));
    }
  } else if (is_expired(message, services_.clock.now())) {
    fail_with(message, errors::kExpired, transaction);
    co_return co_await services_.ledger.finish(std::move(transaction));
  }
  if (is_too_long_for_trial(message)) {
    fail_with(message, errors::kTrialTooLong, transaction);
    co_return co_await services_.ledger.finish(std::move(transaction));
  }
  if (message.num_media > 0) {
    message.media = co_await media_of(services_, message);  // fetched by a former try
    if (message.media.empty()) {
      if (const auto fetched = co_await fetch_media(client_, files_, message); !fetched) {
        fail_with(message, fetched.error(), transaction);
        alerts_.add(transaction, {.account_sid = message.account_sid,
                                  .resource_sid = message.sid,
                                  .code = fetched.error().code,
                                  .level = monitor::Level::kError,
                                  .text = fetched.error().message});
        co_return co_await services_.ledger.finish(std::move(transaction));
      }
      add_media(transaction, services_, message);
    }
  }
  const std::vector<MediaPart> pinned = message.media;
  if (mishaps_) {
    if (const Mishap mishap = mishaps_->strike(message, transaction); mishap.kind != Mishap::Kind::kNone) {
      co_await carry_into(mishap, std::move(message), transaction);
      co_return co_await services_.ledger.finish(std::move(transaction));
    }
  }
  co_await carry(message, transaction);
  co_return co_await services_.ledger.finish(std::move(transaction));
}

bool Messenger::is_too_long_for_trial(const Message& message) const {
  if (message.num_segments <= kTrialSegmentsMax || message.num_media > 0) return false;
  const auto account = accounts_.find(message.account_sid);
  return account && account->trial;
}

void Messenger::fail_with(Message& message, const Error& error, store::Transaction& transaction) {
  message.error_code = error.code;
  message.error_message = error.message;
  enter(message, Status::kFailed, transaction);
  add_callback(transaction, message);
  forget_what_is_asked(message);
  put(transaction, message);
}

void Messenger::enter(Message& message, Status status, store::Transaction& transaction) {
  message.status = status;
  message.updated = std::max(services_.clock.now(), message.created + Duration{1});
  add_entry(transaction, message);
}

Task<Report> Messenger::submit(const Message& message, store::Transaction& transaction) {
  if (!message.actions.empty() && !split_channel(message.to).channel.empty() &&
      !std::ranges::all_of(message.actions, [](const auto& action) { return parse_location(action).has_value(); })) {
    co_return Report{.outcome = Report::Outcome::kFailed,
                     .error_code = errors::kChannelContent.code,
                     .error_message = std::string(errors::kChannelContent.message)};
  }
  co_return co_await carrier_->submit(message, transaction);
}

Task<> Messenger::carry(Message& message, store::Transaction& transaction) {
  if (message.status != Status::kSending) enter(message, Status::kSending, transaction);
  Report report = co_await submit(message, transaction);
  if (falls_back(message, report, transaction)) report = co_await submit(message, transaction);
  if (report.outcome != Report::Outcome::kFailed) {
    message.sent = services_.clock.now();
    message.price = price_of(message);
    enter(message, Status::kSent, transaction);
    add_callback(transaction, message);
  }
  if (report.outcome != Report::Outcome::kSent) {
    end(message, report, transaction);
    add_callback(transaction, message);
  }
  if (message.discard_body || message.obfuscate_to) forget_what_is_asked(message);
  put(transaction, message);
}

void Messenger::end(Message& message, const Report& report, store::Transaction& transaction) {
  message.error_code = report.error_code;
  message.error_message = report.error_message;
  enter(message,
        report.outcome == Report::Outcome::kDelivered     ? Status::kDelivered
        : report.outcome == Report::Outcome::kUndelivered ? Status::kUndelivered
                                                          : Status::kFailed,
        transaction);
}

Result<Message> Messenger::accept(Arrival arrival, store::Transaction& transaction) {
  const auto to = E164::parse(arrival.to);
  const NumberPtr number = is_short_code(arrival.to) ? numbers_.find(arrival.to)
                           : to                      ? numbers_.find(to->text())
                                                     : nullptr;
  if (!number) return fail({errors::kInvalidTo, fmt::format("{} is not a number of this program", arrival.to)});
  const auto from = E164::parse(arrival.from);
  if (!from) return fail({errors::kInvalidFrom, fmt::format("{} is not a phone number", arrival.from)});
  if (arrival.media.size() > kMediaMax) return fail(errors::kTooManyMedia);
  if (arrival.body.empty() && arrival.media.empty()) return fail(errors::kContentRequired);
  const TimePoint now = services_.clock.now();
  Message message;
  message.num_media = arrival.media.size();
  message.sid = services_.sids.make(message.num_media > 0 ? "MM" : "SM");
  message.account_sid = number->account_sid;
  message.from = from->str();
  message.to = number->phone_number;
  message.body = std::move(arrival.body);
  message.status = Status::kReceived;
  message.direction = Direction::kInbound;
  message.num_segments = count_segments(message.body).count;
  message.created = now;
  message.updated = now;
  message.sent = now;
  message.price = price_of(message);
  message.media = std::move(arrival.media);
  const auto service = messaging_services_.of_sender(message.to);
  if (service) message.service_sid = service->sid;
  auto_replies_.heed(message, *number, service.get(), transaction);
  add(transaction, message);
  log::info("message.received", {{"sid", message.sid}, {"from", message.from}, {"to", message.to}});
  return message;
}

Task<bool> Messenger::may_reach(const rest::Account& account, std::string_view to) {
  if (!account.trial) co_return true;
  const auto number = E164::parse(split_channel(to).address);
  if (!number) co_return true;
  store::ListQuery query{.scope = account.sid + "/api/OutgoingCallerIds", .limit = 500};
  while (true) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) {
      const json::value value = json::parse(row->value);
      if (text_of(value.as_object(), "phone_number") == number->text()) co_return true;
    }
    if (rows.size() < query.limit) co_return false;
    query.after = rows.back()->id;
  }
}

Task<Result<>> Messenger::answer(store::OutboxRow row) {
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  const store::RecordPtr record = co_await services_.ledger.store().get(message_scope(row.data), row.subject);
  const auto account = accounts_.find(row.data);
  if (record && account) {
    const Message message = from_record(*record);
    if (const NumberPtr number = numbers_.find(message.to)) {
      const auto service = messaging_services_.of_sender(message.to);
      Hook hook;
      if (service && !service->use_number_hook) {
        hook = service->inbound;
      } else {
        hook = co_await hook_of(services_, *number);
      }
      if (!hook.url.empty()) {
        ReplySession session(*this, message, account, idempotency_token(message.sid), transaction);
        co_await session.run(hook);
      }
    }
  }
  co_return co_await services_.ledger.finish(std::move(transaction));
}

Task<Result<>> Messenger::call_back(store::OutboxRow row) {
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  std::array<unsigned char, 2048> space;
  json::monotonic_resource memory(space.data(), space.size());
  const json::value value = json::parse(row.data, &memory);
  const json::object& data = value.as_object();
  const std::string account_sid(text_of(data, "account_sid"));
  const std::string message_sid(text_of(data, "message_sid"));
  const auto told = co_await monitor::tell(client_, alerts_, accounts_, data, message_sid, "status", transaction);
  const webhook::Hop* const hop = told && !told->exchange.ok() ? told->exchange.last() : nullptr;
  if (hop && hop->status >= 400) {
    // An answer outside 2xx is a warning of its own; not reaching the server at all is the retrieval error.
    alerts_.add(transaction, {.account_sid = account_sid,
                              .resource_sid = message_sid,
                              .code = errors::kCallbackRejected.code,
                              .level = monitor::Level::kWarning,
                              .text = fmt::format("The status callback was answered with HTTP {}", hop->status),
                              .exchange = &told->exchange,
                              .exchange_sid = told->exchange_sid});
  } else {
    monitor::add_failure(alerts_, transaction, account_sid, message_sid, told);
  }
  co_return co_await services_.ledger.finish(std::move(transaction));
}

bool Messenger::may_reply(std::string_view from, std::string_view to) {
  const TimePoint now = services_.clock.now();
  if (replies_.size() >= kReplyPairsMax) {
    std::erase_if(replies_,
                  [&](const auto& pair) { return pair.second.empty() || pair.second.back() + kRepliesWindow < now; });
  }
  auto& times = replies_[fmt::format("{} {}", from, to)];
  std::erase_if(times, [&](TimePoint time) { return time + kRepliesWindow < now; });
  if (times.size() >= kRepliesMax) return false;
  times.push_back(now);
  return true;
}

}  // namespace dialtone::messaging
