#include "messaging/caller_ids.hpp"

#include <charconv>

#include "base/e164.hpp"
#include "base/form.hpp"
#include "monitor/notification.hpp"
#include "webhook/url.hpp"

namespace dialtone::messaging {
namespace {

constexpr std::string_view kCall = "caller_id.call";
constexpr std::string_view kExpire = "caller_id.expire";
constexpr std::string_view kCallback = "webhook.caller_id";
/// What waits to be verified: one record for an account and a number.
constexpr std::string_view kScope = "system/ValidationRequests";

std::string id_of(std::string_view account_sid, std::string_view phone_number) {
  return fmt::format("{}:{}", account_sid, phone_number);
}

store::RecordPtr record(std::string id, const json::object& value) {
  return std::make_shared<const store::Record>(
      store::Record{.id = std::move(id), .value = wire_json(value), .terms = {}});
}

std::string six_digits() {
  std::uint64_t number = 0;
  const std::string hex = random_hex(8);
  std::from_chars(hex.data(), hex.data() + hex.size(), number, 16);
  return fmt::format("{:06}", number % 1'000'000);
}

}  // namespace

std::string caller_id_scope(std::string_view account_sid) {
  return fmt::format("{}/api/OutgoingCallerIds", account_sid);
}

void CallerIds::start() {
  services_.ledger.on(std::string(kCall), [this](store::OutboxRow row) { return call(std::move(row)); });
  services_.ledger.on(std::string(kExpire), [this](store::OutboxRow row) { return expire(std::move(row)); });
  services_.ledger.on(std::string(kCallback), [this](store::OutboxRow row) { return call_back(std::move(row)); });
}

Task<bool> CallerIds::is_verified(std::string_view account_sid, std::string_view phone_number) {
  store::ListQuery query{.scope = caller_id_scope(account_sid), .limit = 500};
  while (true) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) {
      if (text_of(stored_object(row->value), "phone_number") == phone_number) co_return true;
    }
    if (rows.size() < query.limit) co_return false;
    query.after = rows.back()->id;
  }
}

Task<Result<json::object>> CallerIds::request(Request wanted) {
  const auto phone = E164::parse(wanted.phone_number);
  if (!phone) {
    co_return fail({dialtone::errors::kInvalidPhoneNumber,
                    fmt::format("Phone number {} is not a valid phone number", wanted.phone_number)});
  }
  if (!wanted.status_callback.empty() && !webhook::parse_url(wanted.status_callback)) {
    co_return fail(errors::kInvalidCallbackUrl);
  }
  const std::string& account_sid = wanted.account->sid;
  if (const auto owned = numbers_.find(phone->text()); owned && owned->account_sid == account_sid) {
    co_return fail({errors::kAlreadySender, fmt::format("{} is already one of your Twilio numbers", phone->text())});
  }
  if (co_await is_verified(account_sid, phone->text())) {
    co_return fail({errors::kAlreadyVerified, fmt::format("Phone number {} is already verified", phone->text())});
  }
  const std::string id = id_of(account_sid, phone->text());
  json::object pending;
  pending["account_sid"] = account_sid;
  pending["call_sid"] = services_.sids.make("CA");
  pending["friendly_name"] = wanted.friendly_name.empty() ? phone->national_format() : wanted.friendly_name;
  pending["phone_number"] = phone->text();
  pending["validation_code"] = six_digits();
  const json::object answer = pending;
  pending["status_callback"] = wanted.status_callback;
  pending["status_callback_method"] = wanted.status_callback_method == "GET" ? "GET" : "POST";
  pending["tries"] = 0;
  // A new request takes the place of one that still waits.
  store::Transaction transaction;
  transaction.put(kScope, record(id, pending));
  transaction.outbox({.due = services_.clock.now() + wanted.delay,
                      .kind = std::string(kCall),
                      .subject = std::string(text_of(pending, "call_sid")),
                      .data = id});
  transaction.journal({.at = services_.clock.now(),
                       .kind = "caller_id.requested",
                       .account = account_sid,
                       .subject = phone->str(),
                       .data = wire_json({{"call_sid", pending["call_sid"]}})});
  DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
  co_return answer;
}

Task<Result<>> CallerIds::call(store::OutboxRow row) {
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  const auto found = co_await services_.ledger.store().get(kScope, row.data);
  if (found) {
    const json::object pending = stored_object(found->value);
    if (text_of(pending, "call_sid") == row.subject) {
      const TimePoint now = services_.clock.now();
      Message message;
      message.sid = services_.sids.make("SM");
      message.account_sid = text_of(pending, "account_sid");
      message.from = kValidationCaller;
      message.to = text_of(pending, "phone_number");
      message.body = fmt::format("Twilio would call now. To let this number be a caller ID, enter the code {}.",
                                 text_of(pending, "validation_code"));
      message.created = now;
      message.updated = now;
      co_await carrier_.submit(message, transaction);
      transaction.outbox({.due = now + kCallerIdAnswerMax,
                          .kind = std::string(kExpire),
                          .subject = row.subject + "/expire",
                          .data = row.data});
    }
  }
  co_return co_await services_.ledger.finish(std::move(transaction));
}

Task<Result<>> CallerIds::expire(store::OutboxRow row) {
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  const auto found = co_await services_.ledger.store().get(kScope, row.data);
  if (found) {
    const json::object pending = stored_object(found->value);
    if (row.subject.starts_with(text_of(pending, "call_sid"))) {
      transaction.require_unchanged(std::string(kScope), found);
      transaction.erase(kScope, row.data);
      add_callback(transaction, pending, {});
    }
  }
  co_return co_await services_.ledger.finish(std::move(transaction));
}

Task<Result<json::object>> CallerIds::enter(rest::AccountPtr account, std::string phone_number, std::string code) {
  const auto phone = E164::parse(phone_number);
  if (!phone) co_return fail(errors::kNoValidation);
  auto& store = services_.ledger.store();
  auto found = co_await store.get(kScope, id_of(account->sid, phone->text()));
  if (!found) {  // or one of a subaccount's
    store::ListQuery query{.scope = std::string(kScope), .limit = 500};
    while (!found) {
      const auto rows = co_await store.list(query);
      for (const auto& row : rows) {
        const auto owner = accounts_.find(std::string_view(row->id).substr(0, row->id.find(':')));
        if (row->id.ends_with(":" + phone->str()) && owner && owner->owner_sid == account->sid) found = row;
      }
      if (rows.size() < query.limit) break;
      query.after = rows.back()->id;
    }
  }
  if (!found) co_return fail(errors::kNoValidation);
  json::object pending = stored_object(found->value);
  const TimePoint now = services_.clock.now();
  store::Transaction transaction;
  transaction.require_unchanged(std::string(kScope), found);
  if (text_of(pending, "validation_code") != code) {
    const int tries = pending["tries"].to_number<int>() + 1;
    pending["tries"] = tries;
    if (tries < kCallerIdTriesMax) {
      transaction.put(kScope, record(found->id, pending));
    } else {
      transaction.erase(kScope, found->id);
      add_callback(transaction, pending, {});
    }
    DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
    co_return fail(errors::kWrongCode);
  }
  const std::string account_sid(text_of(pending, "account_sid"));
  const std::string sid = services_.sids.make("PN");
  json::object caller_id;
  caller_id["sid"] = sid;
  caller_id["date_created"] = rfc2822(now);
  caller_id["date_updated"] = rfc2822(now);
  caller_id["friendly_name"] = pending["friendly_name"];
  caller_id["account_sid"] = account_sid;
  caller_id["phone_number"] = phone->text();
  caller_id["uri"] = fmt::format("/2010-04-01/Accounts/{}/OutgoingCallerIds/{}.json", account_sid, sid);
  transaction.erase(kScope, found->id);
  transaction.put(caller_id_scope(account_sid), record(sid, caller_id));
  add_callback(transaction, pending, sid);
  transaction.journal({.at = now,
                       .kind = "caller_id.verified",
                       .account = account_sid,
                       .subject = phone->str(),
                       .data = wire_json({{"sid", sid}})});
  DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
  co_return caller_id;
}

void CallerIds::add_callback(store::Transaction& transaction, const json::object& request, std::string_view sid) const {
  if (text_of(request, "status_callback").empty()) return;
  const std::string to(text_of(request, "phone_number"));
  FormPairs params{{"Called", to},
                   {"CallStatus", sid.empty() ? "no-answer" : "completed"},
                   {"To", to},
                   {"CallSid", std::string(text_of(request, "call_sid"))},
                   {"Direction", "outbound-api"},
                   {"VerificationStatus", sid.empty() ? "failed" : "success"},
                   {"AccountSid", std::string(text_of(request, "account_sid"))},
                   {"From", std::string(kValidationCaller)},
                   {"Caller", std::string(kValidationCaller)},
                   {"ApiVersion", std::string(kApiVersion)}};
  if (!sid.empty()) params.emplace_back("OutgoingCallerIdSid", sid);
  transaction.outbox({.due = services_.clock.now(),
                      .kind = std::string(kCallback),
                      .subject = std::string(text_of(request, "call_sid")) + "/callback",
                      .data = wire_json({{"account_sid", request.at("account_sid")},
                                         {"call_sid", request.at("call_sid")},
                                         {"url", request.at("status_callback")},
                                         {"method", request.at("status_callback_method")},
                                         {"params", form_encode(params)}})});
}

Task<Result<>> CallerIds::call_back(store::OutboxRow row) {
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  const json::object data = stored_object(row.data);
  const std::string subject(text_of(data, "call_sid"));
  const auto told = co_await monitor::tell(client_, alerts_, accounts_, data, subject, "status", transaction);
  monitor::add_failure(alerts_, transaction, std::string(text_of(data, "account_sid")), subject, told);
  co_return co_await services_.ledger.finish(std::move(transaction));
}

}  // namespace dialtone::messaging
