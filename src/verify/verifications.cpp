#include "verify/verifications.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/replace.hpp>

#include "base/base64.hpp"
#include "base/e164.hpp"
#include "verify/templates.hpp"

namespace dialtone::verify {
namespace {

constexpr int kTriesMax = 8;
constexpr std::size_t kBucketsMax = 10'000;
constexpr std::chrono::hours kBucketMemory{24};

std::int64_t micros(TimePoint time) { return time.time_since_epoch().count(); }
TimePoint from_micros(const json::value& value) { return TimePoint{Duration{value.to_number<std::int64_t>()}}; }

bool is_code(std::string_view text) {
  return text.size() >= 4 && text.size() <= 10 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string make_code(std::size_t length) {
  std::string code;
  while (code.size() < length) {
    // Each hex digit below ten is one random digit; the others are passed over, so that no digit is likelier.
    for (const char c : random_hex(8)) {
      if (c <= '9' && code.size() < length) code += c;
    }
  }
  return code;
}

bool flag(const json::object& service, std::string_view name) {
  const json::value* value = service.if_contains(name);
  return value && value->is_bool() && value->get_bool();
}

/// Ours of a verification, behind the NUL of its record.
json::object ours(const Verification& v) {
  json::array attempts;
  for (const auto& each : v.attempts)
    attempts.push_back(json::object{{"at", micros(each.at)}, {"channel", each.channel}, {"sid", each.sid}});
  return {{"code", v.code},
          {"checks", v.checks},
          {"created", micros(v.created)},
          {"updated", micros(v.updated)},
          {"locale", v.locale},
          {"attempts", std::move(attempts)}};
}

Verification from_record(const store::Record& record) {
  const std::size_t end = record.value.find('\0');
  const json::object wire = stored_object(std::string_view(record.value).substr(0, end));
  const json::object more = stored_object(std::string_view(record.value).substr(end + 1));
  const auto text = [&](std::string_view name) { return std::string(text_of(wire, name)); };
  Verification v;
  v.sid = text("sid");
  v.account_sid = text("account_sid");
  v.service_sid = text("service_sid");
  v.to = text("to");
  v.channel = text("channel");
  v.status = text("status");
  v.amount = text("amount");
  v.payee = text("payee");
  v.code = text_of(more, "code");
  v.locale = text_of(more, "locale");
  v.checks = more.at("checks").to_number<std::size_t>();
  v.created = from_micros(more.at("created"));
  v.updated = from_micros(more.at("updated"));
  for (const auto& each : more.at("attempts").as_array()) {
    const auto& attempt = each.as_object();
    v.attempts.push_back({.at = from_micros(attempt.at("at")),
                          .channel = std::string(text_of(attempt, "channel")),
                          .sid = std::string(text_of(attempt, "sid"))});
  }
  return v;
}

/// What a person types as a recipient: a number in any form, a channel's address, a mail address.
std::string recipient(std::string_view text) {
  const auto number = E164::parse(text);
  return number ? number->str() : std::string(text);
}

Error invalid(std::string_view name) { return {errors::kInvalidParameter, fmt::format("Invalid parameter: {}", name)}; }

}  // namespace

std::string verification_scope(std::string_view account_sid, std::string_view service_sid) {
  return fmt::format("{}/verify/v2/Services/{}/Verifications", account_sid, service_sid);
}

json::object Verifications::to_json(const Verification& v) {
  const auto or_null = [](const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); };
  json::array attempts;
  for (const auto& each : v.attempts) {
    attempts.push_back(json::object{{"time", iso8601(each.at)},
                                    {"channel", boost::algorithm::to_upper_copy(each.channel)},
                                    {"attempt_sid", each.sid}});
  }
  json::object out;
  out["sid"] = v.sid;
  out["service_sid"] = v.service_sid;
  out["account_sid"] = v.account_sid;
  out["to"] = v.to;
  out["channel"] = v.channel;
  out["status"] = v.status;
  out["valid"] = v.status == "approved";
  out["lookup"] = json::object{};
  out["amount"] = or_null(v.amount);
  out["payee"] = or_null(v.payee);
  out["send_code_attempts"] = std::move(attempts);
  out["date_created"] = iso8601(v.created);
  out["date_updated"] = iso8601(v.updated);
  out["sna"] = nullptr;
  out["url"] = fmt::format("https://verify.twilio.com/v2/Services/{}/Verifications/{}", v.service_sid, v.sid);
  return out;
}

void Verifications::put(store::Transaction& transaction, const Verification& v, std::string_view event) const {
  std::string value = wire_json(to_json(v));
  value += '\0';
  value += json::serialize(ours(v));
  transaction.put(verification_scope(v.account_sid, v.service_sid),
                  std::make_shared<const store::Record>(
                      store::Record{.id = v.sid, .value = std::move(value), .terms = {{"to", v.to}}}));
  transaction.journal(
      {.at = v.updated,
       .kind = fmt::format("verification.{}", event),
       .account = v.account_sid,
       .subject = v.sid,
       .data =
           wire_json({{"to", v.to}, {"channel", v.channel}, {"status", v.status}, {"service_sid", v.service_sid}})});
}

void Verifications::put_attempt(store::Transaction& transaction, const Verification& v,
                                const Verification::Attempt& attempt) const {
  const auto number = E164::parse(v.to);
  json::object out;
  out["sid"] = attempt.sid;
  out["account_sid"] = v.account_sid;
  out["service_sid"] = v.service_sid;
  out["verification_sid"] = v.sid;
  out["date_created"] = iso8601(attempt.at);
  out["date_updated"] = iso8601(v.updated);
  out["conversion_status"] = v.status == "approved" ? "converted" : "unconverted";
  out["channel"] = attempt.channel;
  out["price"] = {{"value", "0.05"}, {"currency", "usd"}};
  out["channel_data"] = {{"verification_sid", v.sid},
                         {"to", v.to},
                         {"status", v.status == "approved" ? "confirmed" : "unconfirmed"},
                         {"message_status", "delivered"},
                         {"error_code", nullptr},
                         {"country", number ? number->country() : std::string()},
                         {"code_length", v.code.size()},
                         {"locale", v.locale}};
  out["url"] = fmt::format("https://verify.twilio.com/v2/Attempts/{}", attempt.sid);
  transaction.put(
      fmt::format("{}/verify/v2/Attempts", v.account_sid),
      std::make_shared<const store::Record>(store::Record{.id = attempt.sid, .value = wire_json(out), .terms = {}}));
}

Task<std::optional<std::pair<Verification, store::RecordPtr>>> Verifications::load(const rest::Account& account,
                                                                                   std::string service_sid,
                                                                                   std::string to_or_sid) {
  const std::string scope = verification_scope(account.sid, service_sid);
  store::RecordPtr record;
  if (is_sid(to_or_sid, "VE")) {
    record = co_await services_.ledger.store().get(scope, to_or_sid);
  } else {
    const auto rows = co_await services_.ledger.store().list(
        {.scope = scope, .term = store::Term{"to", recipient(to_or_sid)}, .limit = 1});
    if (!rows.empty()) record = rows.front();
  }
  if (!record) co_return std::nullopt;
  co_return std::pair(from_record(*record), record);
}

Task<std::optional<Verification>> Verifications::find(const rest::Account& account, std::string service_sid,
                                                      std::string to_or_sid) {
  auto found = co_await load(account, std::move(service_sid), std::move(to_or_sid));
  if (!found || found->first.status != "pending" || found->first.expired(services_.clock.now())) co_return std::nullopt;
  co_return std::move(found->first);
}

Task<Result<>> Verifications::check_rate_limits(const StartRequest& request) {
  if (request.rate_limits.empty()) co_return Result<>{};
  const auto given = parse_json(request.rate_limits);
  if (!given || !given->is_object()) co_return fail(invalid("RateLimits"));
  auto& store = services_.ledger.store();
  const std::string scope =
      fmt::format("{}/verify/v2/Services/{}/RateLimits", request.account->sid, request.service_sid);
  const TimePoint now = services_.clock.now();
  if (buckets_.size() > kBucketsMax) {
    std::erase_if(buckets_,
                  [&](const auto& each) { return each.second.empty() || each.second.back() + kBucketMemory < now; });
  }
  std::vector<std::string> used;
  for (const auto& [name, value] : given->get_object()) {
    if (!value.is_string()) co_return fail(invalid("RateLimits"));
    const auto limits = co_await store.list({.scope = scope, .limit = 1000});
    for (const auto& limit : limits) {
      if (text_of(stored_object(limit->value), "unique_name") != name) continue;
      for (const auto& bucket :
           co_await store.list({.scope = fmt::format("{}/{}/Buckets", scope, limit->id), .limit = 1000})) {
        const json::object rule = stored_object(bucket->value);
        const auto max = rule.at("max").to_number<std::size_t>();
        const std::chrono::seconds interval(rule.at("interval").to_number<std::int64_t>());
        std::string key = fmt::format("{} {}", bucket->id, std::string_view(value.get_string()));
        auto& times = buckets_[key];
        std::erase_if(times, [&](TimePoint time) { return time + interval <= now; });
        if (times.size() >= max) co_return fail({dialtone::errors::kTooManyRequests, "Too many requests"});
        used.push_back(std::move(key));
      }
    }
  }
  for (const std::string& key : used) buckets_[key].push_back(now);
  co_return Result<>{};
}

Task<Result<std::string>> Verifications::text(const StartRequest& request, const std::string& code) {
  std::string name =
      request.friendly_name.empty() ? std::string(text_of(request.service, "friendly_name")) : request.friendly_name;
  std::string body;
  std::string template_sid = request.template_sid;
  if (template_sid.empty()) template_sid = text_of(request.service, "default_template_sid");
  if (!template_sid.empty()) {
    const auto record =
        co_await services_.ledger.store().get(request.account->sid + "/verify/v2/Templates", template_sid);
    const json::object* base = base_template(template_sid);
    if (!record && !base) co_return fail(invalid("TemplateSid"));
    const json::object resource = record ? stored_object(record->value) : *base;
    const std::string locale = request.locale.empty() ? "en" : request.locale;
    if (const auto* translations = resource.if_contains("translations"); translations && translations->is_object()) {
      const auto& all = translations->get_object();
      const auto* chosen = all.if_contains(locale);
      if (!chosen) chosen = all.if_contains("en");
      if (chosen && chosen->is_object()) body = text_of(chosen->get_object(), "text");
    }
    if (body.empty()) co_return fail(invalid("Locale"));
    if (!request.substitutions.empty()) {
      const auto values = parse_json(request.substitutions);
      if (!values || !values->is_object()) co_return fail(invalid("TemplateCustomSubstitutions"));
      for (const auto& [key, value] : values->get_object()) {
        boost::algorithm::replace_all(body, fmt::format("{{{{{}}}}}", std::string_view(key)),
                                      value.is_string() ? std::string(value.get_string()) : wire_json(value));
      }
    }
    boost::algorithm::replace_all(body, "{{friendly_name}}", name);
    boost::algorithm::replace_all(body, "{{code}}", code);
  } else if (!request.amount.empty()) {
    body = fmt::format("Your {} code to authorize {} to {} is: {}", name, request.amount, request.payee, code);
  } else {
    body = fmt::format("Your {} verification code is: {}", name, code);
  }
  if (flag(request.service, "do_not_share_warning_enabled")) {
    body += ". Don't share this code with anyone; our employees will never ask for the code.";
  }
  co_return body;
}

Task<std::string> Verifications::sender_for(const StartRequest& request, E164 to) {
  if (!pools_) co_return std::string(kSender);
  const std::string scope =
      fmt::format("{}/verify/v2/Services/{}/MessagingConfigurations", request.account->sid, request.service_sid);
  for (const std::string& country : {to.country(), std::string("all")}) {
    const auto configured = co_await services_.ledger.store().get(scope, country);
    if (!configured) continue;
    const auto service = pools_->find(text_of(stored_object(configured->value), "messaging_service_sid"));
    const messaging::Sender* sender =
        service && service->account_sid == request.account->sid ? pools_->pick(*service, {.to = to}) : nullptr;
    if (sender) co_return sender->address;
  }
  co_return std::string(kSender);
}

Task<Result<Verification>> Verifications::start(StartRequest request) {
  if (request.to.empty()) co_return fail(invalid("To"));
  if (request.channel != "sms" && request.channel != "whatsapp" && request.channel != "auto" &&
      request.channel != "call" && request.channel != "email" && request.channel != "sna" && request.channel != "rcs") {
    co_return fail(invalid("Channel"));
  }
  if (request.channel == "call" || request.channel == "email" || request.channel == "sna" || request.channel == "rcs") {
    co_return fail({errors::kChannelDisabled,
                    fmt::format("Delivery channel is disabled: {}", boost::algorithm::to_upper_copy(request.channel))});
  }
  const auto number = E164::parse(request.to);
  if (!number) co_return fail({errors::kInvalidParameter, fmt::format("Invalid parameter `To`: {}", request.to)});
  if (number->is_landline()) co_return fail(errors::kLandline);
  if (flag(request.service, "psd2_enabled") && (request.amount.empty() || request.payee.empty()))
    co_return fail(errors::kAmountAndPayee);
  if (!request.custom_code.empty()) {
    if (!flag(request.service, "custom_code_enabled")) co_return fail(errors::kCustomCodeDisabled);
    if (!is_code(request.custom_code)) co_return fail(invalid("CustomCode"));
  }
  DT_CO_CHECK(co_await check_rate_limits(request));

  for (int tries = 0; tries < kTriesMax; ++tries) {
    const TimePoint now = services_.clock.now();
    store::Transaction transaction;
    auto pending = co_await load(*request.account, request.service_sid, number->str());
    Verification v;
    const bool again = pending && pending->first.status == "pending" && !pending->first.expired(now);
    if (again) {
      v = std::move(pending->first);
      if (v.attempts.size() >= kSendsMax) co_return fail(errors::kMaxSends);
      transaction.require_unchanged(verification_scope(v.account_sid, v.service_sid), pending->second);
      v.updated = now;
    } else {
      v.sid = services_.sids.make("VE");
      v.account_sid = request.account->sid;
      v.service_sid = request.service_sid;
      v.to = number->str();
      v.status = "pending";
      v.amount = request.amount;
      v.payee = request.payee;
      v.locale = request.locale.empty() ? "en" : request.locale;
      v.created = now;
      v.updated = now;
      std::size_t length = kCodeLengthDefault;
      if (const auto* wanted = request.service.if_contains("code_length"); wanted && wanted->is_number())
        length = wanted->to_number<std::size_t>();
      if (length < 4 || length > 10) length = kCodeLengthDefault;
      v.code = request.custom_code.empty() ? make_code(length) : request.custom_code;
    }
    v.channel = request.channel == "auto" ? "sms" : request.channel;
    v.attempts.push_back({.at = now, .channel = v.channel, .sid = services_.sids.make("VL")});
    DT_CO_TRY(auto body, co_await text(request, v.code));
    messaging::Message message;
    message.sid = services_.sids.make("SM");
    message.account_sid = v.account_sid;
    message.from = co_await sender_for(request, *number);
    message.to = v.to;
    message.body = std::move(body);
    message.created = now;
    message.updated = now;
    co_await carrier_.submit(message, transaction);
    put(transaction, v, again ? "resent" : "started");
    put_attempt(transaction, v, v.attempts.back());
    const auto committed = co_await services_.ledger.commit(std::move(transaction));
    if (committed) co_return v;
    if (committed.error().code != store::kConflict.code) co_return fail(committed.error());
  }
  co_return fail(dialtone::errors::kConflict);
}

Task<Result<std::optional<Verification>>> Verifications::check(rest::AccountPtr account, std::string service_sid,
                                                               std::string to_or_sid, std::string code,
                                                               std::string amount, std::string payee) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    auto found = co_await load(*account, service_sid, to_or_sid);
    const TimePoint now = services_.clock.now();
    if (!found || found->first.expired(now)) co_return std::nullopt;
    Verification v = std::move(found->first);
    if (v.status == "max_attempts_reached") co_return fail(errors::kMaxChecks);
    if (v.status != "pending") co_return std::nullopt;
    ++v.checks;
    v.updated = now;
    const bool right = equal_in_constant_time(code, v.code) && v.amount == amount && v.payee == payee;
    if (v.checks > kChecksMax) {
      v.status = "max_attempts_reached";
    } else if (right) {
      v.status = "approved";
    }
    store::Transaction transaction;
    transaction.require_unchanged(verification_scope(v.account_sid, v.service_sid), found->second);
    put(transaction, v, v.status == "approved" ? "approved" : "checked");
    if (v.status == "approved") put_attempt(transaction, v, v.attempts.back());
    const auto committed = co_await services_.ledger.commit(std::move(transaction));
    if (committed) {
      if (v.status == "max_attempts_reached") co_return fail(errors::kMaxChecks);
      co_return v;
    }
    if (committed.error().code != store::kConflict.code) co_return fail(committed.error());
  }
  co_return fail(dialtone::errors::kConflict);
}

Task<Result<std::optional<Verification>>> Verifications::finish(rest::AccountPtr account, std::string service_sid,
                                                                std::string to_or_sid, std::string status) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    auto found = co_await load(*account, service_sid, to_or_sid);
    const TimePoint now = services_.clock.now();
    if (!found || found->first.status != "pending" || found->first.expired(now)) co_return std::nullopt;
    Verification v = std::move(found->first);
    v.status = status;
    v.updated = now;
    store::Transaction transaction;
    transaction.require_unchanged(verification_scope(v.account_sid, v.service_sid), found->second);
    put(transaction, v, status);
    const auto committed = co_await services_.ledger.commit(std::move(transaction));
    if (committed) co_return v;
    if (committed.error().code != store::kConflict.code) co_return fail(committed.error());
  }
  co_return fail(dialtone::errors::kConflict);
}

}  // namespace dialtone::verify
