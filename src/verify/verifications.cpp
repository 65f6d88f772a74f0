#include "verify/verifications.hpp"

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/e164.hpp"
#include "verify/sna.hpp"
#include "verify/start_rules.hpp"

namespace dialtone::verify {
namespace {

constexpr int kTriesMax = 8;
/// How often the status of one may be looked at.
constexpr Window kLooks[] = {{.most = 60, .span = std::chrono::minutes(1)},
                             {.most = 180, .span = std::chrono::hours(1)},
                             {.most = 250, .span = std::chrono::hours(24)}};

std::int64_t micros(TimePoint time) { return time.time_since_epoch().count(); }
TimePoint from_micros(const json::value& value) { return TimePoint{Duration{value.to_number<std::int64_t>()}}; }

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

/// As `send_code_attempts` names it.
std::string_view shown_channel(std::string_view channel) {
  if (channel == "sms") return "SMS";
  if (channel == "email") return "EMAIL";
  return channel;
}

/// Ours of a verification, behind the NUL of its record.
json::object ours(const Verification& v) {
  json::array attempts;
  for (const auto& each : v.attempts)
    attempts.push_back(json::object{{"at", micros(each.at)},
                                    {"channel", each.channel},
                                    {"sid", each.sid},
                                    {"status", each.delivered.status},
                                    {"error", each.delivered.error_code}});
  return {{"code", v.code},
          {"checks", v.checks},
          {"created", micros(v.created)},
          {"updated", micros(v.updated)},
          {"locale", v.locale},
          {"line_type", v.line_type},
          {"sna_url", v.sna_url},
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
  v.line_type = text_of(more, "line_type");
  v.sna_url = text_of(more, "sna_url");
  v.checks = more.at("checks").to_number<std::size_t>();
  v.created = from_micros(more.at("created"));
  v.updated = from_micros(more.at("updated"));
  for (const auto& each : more.at("attempts").as_array()) {
    const auto& attempt = each.as_object();
    v.attempts.push_back({.at = from_micros(attempt.at("at")),
                          .channel = std::string(text_of(attempt, "channel")),
                          .sid = std::string(text_of(attempt, "sid")),
                          .delivered = {.status = std::string(text_of(attempt, "status")),
                                        .error_code = attempt.at("error").to_number<int>()}});
  }
  return v;
}

/// What a person types as a recipient: a number in any form, a channel's address, a mail address.
std::string recipient(std::string_view text) {
  const auto number = E164::parse(text);
  return number ? number->str() : std::string(text);
}

}  // namespace

std::string verification_scope(std::string_view account_sid, std::string_view service_sid) {
  return fmt::format("{}/verify/v2/Services/{}/Verifications", account_sid, service_sid);
}

json::object Verifications::to_json(const Verification& v) {
  const auto or_null = [](const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); };
  json::array attempts;
  for (const auto& each : v.attempts) {
    attempts.push_back(
        json::object{{"time", iso8601(each.at)}, {"channel", shown_channel(each.channel)}, {"attempt_sid", each.sid}});
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
  if (!v.line_type.empty()) {
    out["lookup"] = {{"carrier",
                      {{"mobile_country_code", nullptr},
                       {"type", v.line_type},
                       {"error_code", nullptr},
                       {"mobile_network_code", nullptr},
                       {"name", "Dialtone"}}}};
  }
  out["amount"] = or_null(v.amount);
  out["payee"] = or_null(v.payee);
  out["send_code_attempts"] = std::move(attempts);
  out["date_created"] = iso8601(v.created);
  out["date_updated"] = iso8601(v.updated);
  out["sna"] = v.channel == "sna" ? json::value{{"url", v.sna_url}} : json::value(nullptr);
  out["url"] = fmt::format("https://verify.twilio.com/v2/Services/{}/Verifications/{}", v.service_sid, v.sid);
  return out;
}

void Verifications::put(store::Transaction& transaction, const Verification& v, std::string_view event) const {
  std::string value = wire_json(to_json(v));
  value += '\0';
  value += json::serialize(ours(v));
  transaction.put(verification_scope(v.account_sid, v.service_sid),
                  store::Record{.id = v.sid, .value = std::move(value), .terms = {{"to", v.to}}});
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
  out["channel"] = attempt.channel == "rcs" ? std::string("rbm") : attempt.channel;
  out["price"] = {{"value", "0.05"}, {"currency", "usd"}};
  out["channel_data"] = {
      {"verification_sid", v.sid},
      {"to", v.to},
      {"status", v.status == "approved" ? "confirmed" : "unconfirmed"},
      {"message_status", attempt.delivered.status},
      {"error_code", attempt.delivered.error_code == 0 ? json::value(nullptr)
                                                       : json::value(std::to_string(attempt.delivered.error_code))},
      {"country", number ? number->country() : std::string()},
      {"code_length", v.code.size()},
      {"locale", v.locale}};
  out["url"] = fmt::format("https://verify.twilio.com/v2/Attempts/{}", attempt.sid);
  transaction.put(fmt::format("{}/verify/v2/Attempts", v.account_sid), attempt.sid, wire_json(out));
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

Task<Result<std::optional<Verification>>> Verifications::find(rest::AccountPtr account, std::string service_sid,
                                                              std::string to_or_sid) {
  auto found = co_await load(*account, std::move(service_sid), std::move(to_or_sid));
  const TimePoint now = services_.clock.now();
  if (!found || found->first.status != "pending" || found->first.expired(now)) co_return std::nullopt;
  const std::string key = "look " + found->first.sid;
  for (const Window& window : kLooks) {
    if (counters_.full(key, window, now)) co_return fail({dialtone::errors::kTooManyRequests, "Too many requests"});
  }
  counters_.count(key, now);
  co_return std::move(found->first);
}

Task<Result<Verification>> Verifications::start(StartRequest request) {
  auto& store = services_.ledger.store();
  json::object settings = co_await service_settings(store, request.account->sid, request.service_sid);
  DT_CO_TRY(std::optional<E164> number, check_start(request, settings));
  if (number) {
    DT_CO_CHECK(check_destination(request, *number, settings,
                                  co_await is_safe_listed(store, request.account->sid, number->str())));
    request.to = number->str();
  }
  // Two at once to the same phone are a mistake of the application's, or somebody's attack.
  const auto [mine, first] =
      starting_.insert(fmt::format("{} {} {}", request.account->sid, request.service_sid, request.to));
  if (!first) co_return fail(errors::kConcurrent);
  struct Leave {
    std::set<std::string>& starting;
    std::set<std::string>::iterator mine;
    ~Leave() { starting.erase(mine); }
  } leave{starting_, mine};
  DT_CO_CHECK(
      co_await pass_rate_limits(services_, counters_, request.account->sid, request.service_sid, request.rate_limits));
  co_return co_await send(std::move(request), std::move(number), std::move(settings));
}

Task<Result<Delivered>> Verifications::deliver(const StartRequest& request, const std::optional<E164>& number,
                                               const json::object& settings, Verification& v, std::string attempt_sid,
                                               store::Transaction& transaction) {
  if (v.channel == "sna") {
    v.sna_url = add_sna_address(transaction, v, attempt_sid, request.base_url);
    co_return Delivered{.status = "sent", .error_code = sna::kPending.code};
  }
  DT_CO_TRY(Wording wording,
            co_await word(services_.ledger.store(), {.account_sid = v.account_sid,
                                                     .service = request.service,
                                                     .channel = v.channel,
                                                     .country = number ? number->country() : std::string(),
                                                     .friendly_name = request.friendly_name,
                                                     .locale = request.locale,
                                                     .code = v.code,
                                                     .amount = v.amount,
                                                     .payee = v.payee,
                                                     .template_sid = request.template_sid,
                                                     .substitutions = request.substitutions,
                                                     .templates = request.templates,
                                                     .app_hash = request.app_hash}));
  v.locale = wording.locale;
  co_return co_await delivery_.send({.account = request.account,
                                     .service_sid = v.service_sid,
                                     .verification_sid = v.sid,
                                     .service = request.service,
                                     .settings = settings,
                                     .channel = v.channel,
                                     .to = v.to,
                                     .number = number,
                                     .wording = std::move(wording),
                                     .code = v.code,
                                     .channel_configuration = request.channel_configuration},
                                    transaction);
}

Task<Result<Verification>> Verifications::send(StartRequest request, std::optional<E164> number,
                                               json::object settings) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const TimePoint now = services_.clock.now();
    store::Transaction transaction;
    auto pending = co_await load(*request.account, request.service_sid, request.to);
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
      v.to = request.to;
      v.status = "pending";
      v.amount = request.amount;
      v.payee = request.payee;
      v.created = now;
      v.updated = now;
      if (number && (flag(request.service, "lookup_enabled") || request.channel == "sna" || request.channel == "auto"))
        v.line_type = number->is_landline() ? "landline" : number->is_mobile_or_unknown() ? "mobile" : "voip";
      v.code = request.custom_code.empty() ? make_code(code_length(request.service)) : request.custom_code;
    }
    // Silent first, where it may be; who asks again gets a code.
    const bool tried = std::ranges::any_of(v.attempts, [](const auto& each) { return each.channel == "sna"; });
    v.channel = request.channel != "auto" ? request.channel : flag(settings, "sna") && !tried ? "sna" : "sms";
    const std::string attempt_sid = services_.sids.make("VL");
    DT_CO_TRY(Delivered delivered, co_await deliver(request, number, settings, v, attempt_sid, transaction));
    v.attempts.push_back({.at = now, .channel = v.channel, .sid = attempt_sid, .delivered = std::move(delivered)});
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
    const bool silent = code.empty();
    if (silent && v.channel != "sna")
      co_return fail({errors::kInvalidParameter, "Missing required parameter Code in the post body"});
    if (!silent) ++v.checks;
    v.updated = now;
    const bool right = silent ? v.attempts.back().delivered.error_code == 0
                              : equal_in_constant_time(code, v.code) && v.amount == amount && v.payee == payee;
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
