#include "messaging/messenger.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/e164.hpp"
#include "base/form.hpp"
#include "base/log.hpp"
#include "messaging/errors.hpp"
#include "messaging/media.hpp"
#include "messaging/reply.hpp"
#include "messaging/segments.hpp"
#include "webhook/url.hpp"

namespace dialtone::messaging {
namespace {

constexpr std::string_view kDeliver = "message.deliver";
constexpr std::string_view kInbound = "message.inbound";
constexpr std::string_view kStatusCallback = "webhook.status";
constexpr std::size_t kReplyPairsMax = 10'000;
constexpr std::size_t kRepliesMax = 15;
constexpr std::chrono::seconds kRepliesWindow{30};

/// `whatsapp:+1…` → {"whatsapp", "+1…"}; a plain number has no channel.
std::pair<std::string_view, std::string_view> split_channel(std::string_view address) {
  for (const std::string_view channel : {"whatsapp", "messenger", "rcs"}) {
    if (address.size() > channel.size() && address.starts_with(channel) && address[channel.size()] == ':') {
      return {channel, address.substr(channel.size() + 1)};
    }
  }
  return {{}, address};
}

/// Length as the API counts: characters, not bytes.
std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// The last four digits do not belong in an error message.
std::string masked(std::string_view number) {
  std::string out(number);
  for (std::size_t i = 0; i < 4 && i < out.size(); ++i) out[out.size() - 1 - i] = 'X';
  return out;
}

/// An event's token is the same on every try, also after a restart: the message's own digits.
std::string idempotency_token(std::string_view sid) {
  const std::string_view hex = sid.substr(2);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20, 12));
}

}  // namespace

Messenger::Messenger(rest::Services& services, rest::Authenticator& accounts, Numbers& numbers, monitor::Alerts& alerts,
                     webhook::Client& client)
    : services_(services), accounts_(accounts), numbers_(numbers), alerts_(alerts), client_(client) {}

void Messenger::start() {
  services_.ledger.on(std::string(kDeliver), [this](store::OutboxRow row) { return deliver(std::move(row)); });
  services_.ledger.on(std::string(kInbound), [this](store::OutboxRow row) { return answer(std::move(row)); });
  services_.ledger.on(std::string(kStatusCallback), [this](store::OutboxRow row) { return call_back(std::move(row)); });
  start_mishaps();
}

Result<Message> Messenger::prepare(Draft draft) {
  if ((!draft.from || draft.from->empty()) && draft.service_sid.empty()) return fail(errors::kFromRequired);
  if (!draft.to || draft.to->empty()) return fail(errors::kToRequired);

  const auto [to_channel, to_address] = split_channel(*draft.to);
  if (to_channel.empty() && draft.to->find(':') != std::string::npos) {
    return fail({errors::kInvalidFrom, fmt::format("The 'To' address {} names no known channel", *draft.to)});
  }
  if (is_short_code(to_address))
    return fail({errors::kToIsShortCode, fmt::format("'To' number cannot be a Short Code: {}", to_address)});
  const auto to = E164::parse(to_address);
  if (!to) return fail({errors::kInvalidTo, fmt::format("Invalid 'To' Phone Number: {}", masked(*draft.to))});

  std::string from;
  if (draft.from && !draft.from->empty()) {
    const auto [from_channel, from_address] = split_channel(*draft.from);
    const auto invalid_from = [&] {
      return fail(
          {errors::kInvalidFrom,
           fmt::format("The 'From' number {} is not a valid phone number, shortcode, or alphanumeric sender ID.",
                       *draft.from)});
    };
    const auto number = E164::parse(from_address);
    if (number && number->text() == to->text()) {
      return fail(
          {errors::kToIsFrom, fmt::format("'To' and 'From' number cannot be the same: {}", masked(to->text()))});
    }
    if (from_channel != to_channel) return fail(errors::kChannelMismatch);
    if (number) {
      const NumberPtr owned = numbers_.find(number->text());
      if (!owned) {
        return fail(
            {errors::kFromNotOwned,
             fmt::format("'From' {} is not a Twilio phone number or Short Code country mismatch", number->text())});
      }
      if (owned->account_sid != draft.account->sid) {
        return fail({errors::kFromOtherAccount, fmt::format("Mismatch between the 'From' number {} and the account {}",
                                                            number->text(), draft.account->sid)});
      }
      if (!owned->sms)
        return fail({errors::kFromNotCapable, fmt::format("'From' number {} is not SMS-capable", number->text())});
      from = number->text();
    } else if (is_short_code(from_address)) {
      return fail({errors::kFromNotOwned,
                   fmt::format("'From' {} is not a Twilio phone number or Short Code country mismatch", from_address)});
    } else if (is_alphanumeric_sender(from_address) && from_address.find('+') == std::string_view::npos) {
      if (draft.account->trial) return fail(errors::kAlphaOnTrial);
      from = from_address;
    } else {
      return invalid_from();
    }
    if (!from_channel.empty()) from = fmt::format("{}:{}", from_channel, from);
  }
  if (draft.unverified) {
    return fail(
        {errors::kUnverified,
         fmt::format("The number {0} is unverified. Trial accounts cannot send messages to unverified numbers; verify "
                     "{0} at twilio.com/user/account/phone-numbers/verified, or purchase a Twilio number to send "
                     "messages to unverified numbers",
                     to->text())});
  }
  if (to->is_premium_rate())
    return fail({errors::kToIsPremium, fmt::format("'To' number is a premium rate number: {}", masked(to->text()))});
  if (to->is_landline())
    return fail({errors::kToIsLandline, fmt::format("'To' number cannot be a landline: {}", masked(to->text()))});

  if (draft.media_urls.size() > kMediaMax) return fail(errors::kTooManyMedia);
  for (const std::string& url : draft.media_urls) {
    if (!webhook::parse_url(url)) return fail(errors::kInvalidMediaUrl);
  }
  if (!draft.body && draft.media_urls.empty() && draft.content_sid.empty()) return fail(errors::kContentRequired);
  if (draft.media_urls.empty() && draft.content_sid.empty() && draft.body->empty()) return fail(errors::kBodyRequired);

  Message message;
  message.body = draft.body.value_or("");
  if (draft.smart_encoded) message.body = smart_encode(message.body);
  if (message.body.size() > kBodyCharactersMax && characters(message.body) > kBodyCharactersMax) {
    return fail(errors::kBodyTooLong);
  }
  if (draft.account->trial) message.body.insert(0, kTrialPrefix);
  if (!draft.status_callback.empty()) {
    const auto url = webhook::parse_url(draft.status_callback);
    if (!url || draft.status_callback.size() > kUrlBytesMax || url->host.find('_') != std::string::npos) {
      return fail(errors::kInvalidCallback);
    }
  }

  const TimePoint now = services_.clock.now();
  message.num_media = draft.media_urls.size();
  message.sid = services_.sids.make(message.num_media > 0 ? "MM" : "SM");
  message.account_sid = draft.account->sid;
  message.service_sid = std::move(draft.service_sid);
  (draft.from_pool ? message.sender : message.from) = std::move(from);
  message.to = to_channel.empty() ? to->str() : fmt::format("{}:{}", to_channel, to->text());
  message.direction = draft.direction;
  message.created = now;
  message.updated = now;
  message.status_callback = std::move(draft.status_callback);
  message.send_at = draft.send_at;
  message.media_urls = std::move(draft.media_urls);
  message.feedback = draft.feedback;
  if (draft.send_at) {
    message.status = Status::kScheduled;
    message.num_segments = 0;
  } else if (!message.service_sid.empty()) {
    message.status = Status::kAccepted;
    message.num_segments = 0;
  } else {
    message.num_segments = count_segments(message.body).count;
  }
  return message;
}

void Messenger::add(store::Transaction& transaction, const Message& message) {
  transaction.put(message_scope(message.account_sid), to_record_kept(message));
  for (const std::string& url : message.media_urls) add_media(transaction, services_, message, url);
  add_entry(transaction, message);
  transaction.outbox({.due = message.send_at.value_or(message.created),
                      .kind = std::string(message.direction == Direction::kInbound ? kInbound : kDeliver),
                      .subject = message.sid,
                      .data = message.account_sid});
}

Task<> Messenger::send(store::Transaction& transaction, Message message) {
  if (message.status != Status::kQueued || mishaps_ || !carrier_->carries_at_once()) {
    add(transaction, message);
    co_return;
  }
  for (const std::string& url : message.media_urls) add_media(transaction, services_, message, url);
  add_entry(transaction, message);
  co_await carry(std::move(message), transaction);
}

void Messenger::add_entry(store::Transaction& transaction, const Message& message) {
  std::string data;
  data.reserve(message.body.size() + 192);
  data += "{\"from\": ";
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
  }
  data += '}';
  std::string kind;
  kind.reserve(24);
  kind += "message.";
  kind += name_of(message.status);
  transaction.journal({.at = message.updated,
                       .kind = std::move(kind),
                       .account = message.account_sid,
                       .subject = message.sid,
                       .data = std::move(data)});
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
  transaction.outbox({.due = message.updated,
                      .kind = std::string(kStatusCallback),
                      .subject = message.sid + "/status",
                      .data = wire_json({{"account_sid", message.account_sid},
                                         {"message_sid", message.sid},
                                         {"token", random_uuid()},
                                         {"url", message.status_callback},
                                         {"params", form_encode(params)}})});
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
  if (message.status != Status::kQueued) {
    // Somebody may cancel a scheduled message in the same moment: one of the two comes first.
    transaction.require_unchanged(scope, record);
    message.num_segments = count_segments(message.body).count;
    if (message.from.empty()) message.from = std::exchange(message.sender, {});
    enter(message, Status::kQueued, transaction);
    add_callback(transaction, message);
  }
  if (mishaps_) {
    if (const Mishap mishap = mishaps_->strike(message, transaction); mishap.kind != Mishap::Kind::kNone) {
      co_await carry_into(mishap, std::move(message), transaction);
      co_return co_await services_.ledger.finish(std::move(transaction));
    }
  }
  co_await carry(std::move(message), transaction);
  co_return co_await services_.ledger.finish(std::move(transaction));
}

void Messenger::enter(Message& message, Status status, store::Transaction& transaction) {
  message.status = status;
  message.updated = std::max(services_.clock.now(), message.created + Duration{1});
  add_entry(transaction, message);
}

Task<> Messenger::carry(Message message, store::Transaction& transaction) {
  if (message.status != Status::kSending) enter(message, Status::kSending, transaction);
  const Report report = co_await carrier_->submit(message, transaction);
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
  transaction.put(message_scope(message.account_sid), to_record(message));
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
  const NumberPtr number = to ? numbers_.find(to->text()) : nullptr;
  if (!number) return fail({errors::kInvalidTo, fmt::format("{} is not a number of this program", arrival.to)});
  const auto from = E164::parse(arrival.from);
  if (!from) return fail({errors::kInvalidFrom, fmt::format("{} is not a phone number", arrival.from)});
  if (arrival.media_urls.size() > kMediaMax) return fail(errors::kTooManyMedia);
  if (arrival.body.empty() && arrival.media_urls.empty()) return fail(errors::kContentRequired);
  const TimePoint now = services_.clock.now();
  Message message;
  message.num_media = arrival.media_urls.size();
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
  message.media_urls = std::move(arrival.media_urls);
  add(transaction, message);
  log::info("message.received", {{"sid", message.sid}, {"from", message.from}, {"to", message.to}});
  return message;
}

Task<bool> Messenger::may_reach(const rest::Account& account, std::string_view to) {
  if (!account.trial) co_return true;
  const auto number = E164::parse(split_channel(to).second);
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
      const Hook hook = co_await hook_of(services_, *number);
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
  const json::value value = json::parse(row.data);
  const json::object& data = value.as_object();
  const std::string account_sid(text_of(data, "account_sid"));
  const std::string message_sid(text_of(data, "message_sid"));
  const auto account = accounts_.find(account_sid);
  auto params = form_decode(text_of(data, "params"));
  if (account && params) {
    const webhook::Exchange exchange = co_await client_.send({.method = "POST",
                                                              .url = std::string(text_of(data, "url")),
                                                              .params = std::move(*params),
                                                              .auth_token = account->auth_token,
                                                              .idempotency_token = std::string(text_of(data, "token")),
                                                              .purpose = webhook::Purpose::kNotification,
                                                              .certificates = monitor::certificates_for(*account)});
    const std::string sid = alerts_.add_exchange(transaction, account_sid, message_sid, "status", exchange);
    if (!exchange.ok()) {
      // An answer outside 2xx is a warning of its own; not reaching the server at all is the retrieval error.
      const auto* hop = exchange.last();
      const bool rejected = hop && hop->status >= 400;
      alerts_.add(transaction,
                  {.account_sid = account_sid,
                   .resource_sid = message_sid,
                   .code = rejected ? errors::kCallbackRejected.code : exchange.error->code,
                   .level = rejected ? monitor::Level::kWarning : monitor::Level::kError,
                   .text = rejected ? fmt::format("The status callback was answered with HTTP {}", hop->status)
                                    : exchange.error->message,
                   .exchange = &exchange,
                   .exchange_sid = sid});
    }
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
