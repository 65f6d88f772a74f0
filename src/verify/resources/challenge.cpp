#include <span>

#include <fmt/format.h>

#include "rest/paging.hpp"
#include "rest/values.hpp"
#include "verify/resources/factor.hpp"
#include "verify/verifications.hpp"

namespace dialtone::verify::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

constexpr std::chrono::minutes kChallengeLife{5};
constexpr std::chrono::hours kChallengeLifeMax{1};
constexpr std::size_t kFieldsMax = 20;
constexpr int kTriesMax = 8;
/// How many challenges an app's factor may have: fewer when its codes are short and soon guessed.
constexpr std::size_t kShortCode = 4;
constexpr Window kOfShortCodes[] = {{.most = 10, .span = std::chrono::hours(24)}};
constexpr Window kOfLongCodes[] = {{.most = 50, .span = std::chrono::hours(1)},
                                   {.most = 100, .span = std::chrono::hours(24)}};

std::string challenge_scope(const Context& context) {
  return fmt::format("{}/{}/Challenges", entity_scope(context), context.value("Identity"));
}

store::RecordPtr record_of(const json::object& resource) {
  return std::make_shared<const store::Record>(
      store::Record{.id = std::string(text_of(resource, "sid")), .value = wire_json(resource), .terms = {}});
}

/// A challenge whose time is over has expired, whoever looks.
json::object as_of(json::object challenge, TimePoint now) {
  const auto expires = parse_time(text_of(challenge, "expiration_date"));
  if (text_of(challenge, "status") == "pending" && expires && now >= expires->time) challenge["status"] = "expired";
  return challenge;
}

Reply show(rest::Services& services, const Context& context, const json::object& challenge, int status) {
  const TimePoint now = services.clock.now();
  return {.status = status, .body = wire_json(rest::shape(as_of(challenge, now), context.operation.response(), now))};
}

/// `hooks`: who wants to know of `challenge.<status>`.
void answered(json::object& challenge, const json::object& factor, std::string_view status,
              const std::vector<Hook>& hooks, TimePoint now, store::Transaction& transaction) {
  challenge["status"] = status;
  challenge["date_responded"] = iso8601(now);
  challenge["date_updated"] = iso8601(now);
  transaction.journal({.at = now,
                       .kind = fmt::format("challenge.{}", status),
                       .account = std::string(text_of(challenge, "account_sid")),
                       .subject = std::string(text_of(challenge, "sid")),
                       .data = wire_json({{"identity", text_of(challenge, "identity")},
                                          {"factor_sid", text_of(challenge, "factor_sid")}})});
  Webhooks::tell(transaction, hooks, fmt::format("challenge.{}", status), factor, &challenge, now);
}

/// A challenge more for the factor. Error: 60312.
Result<> count_challenge(Counters& counters, json::object& factor, TimePoint now) {
  if (text_of(factor, "factor_type") != "totp") return {};
  const std::string key = fmt::format("challenge {}", text_of(factor, "sid"));
  const bool brief = static_cast<std::size_t>(totp_config(member(factor, "config")).code_length) <= kShortCode;
  for (const Window& window : brief ? std::span<const Window>(kOfShortCodes) : std::span<const Window>(kOfLongCodes)) {
    if (counters.full(key, window, now)) return fail(errors::kChallengeLimit);
  }
  counters.count(key, now);
  return {};
}

Task<std::vector<Hook>> hooks_of(Webhooks& webhooks, const Context& context, std::string_view event) {
  return webhooks.of(context.account->sid, std::string(context.value("ServiceSid")), std::string(event));
}

/// What the user is shown. Error: 60200.
Result<json::value> details_of(const rest::Fields& form, TimePoint now) {
  const std::string_view message = form.get("Details.Message");
  json::array fields;
  for (const std::string& text : form.all("Details.Fields")) {
    auto parsed = parse_json(text);
    if (!parsed || !parsed->is_object()) return fail(errors::malformed("Details.Fields"));
    fields.push_back(std::move(*parsed));
  }
  if (fields.size() > kFieldsMax) return fail(errors::malformed("Details.Fields"));
  if (message.empty() && fields.empty()) return json::value(nullptr);
  return json::value(json::object{{"message", message}, {"date", iso8601(now)}, {"fields", std::move(fields)}});
}

Task<Result<Reply>> create(rest::Services& services, Webhooks& webhooks, Counters& counters, Context& context) {
  const rest::Fields& form = context.form;
  auto& store = services.ledger.store();
  const TimePoint now = services.clock.now();
  if (!co_await store.get(entity_scope(context), context.value("Identity"))) co_return fail(rest::not_found(context));
  DT_CO_TRY(json::value details, details_of(form, now));
  json::value hidden = nullptr;
  if (const auto text = form.get("HiddenDetails"); !text.empty()) {
    auto parsed = parse_json(std::string(text));
    if (!parsed || !parsed->is_object()) co_return fail(errors::malformed("HiddenDetails"));
    hidden = std::move(*parsed);
  }
  TimePoint expires = now + kChallengeLife;
  if (const auto text = form.get("ExpirationDate"); !text.empty()) {
    const auto parsed = parse_time(text);
    if (!parsed || parsed->time <= now || parsed->time > now + kChallengeLifeMax)
      co_return fail(errors::malformed("ExpirationDate"));
    expires = parsed->time;
  }
  const auto hooks = co_await hooks_of(webhooks, context, "challenge.approved");
  bool counted = false;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const auto found = co_await store.get(factor_scope(context), form.get("FactorSid"));
    if (!found) co_return fail(errors::malformed("FactorSid"));
    json::object factor = stored_object(found->value);
    if (text_of(factor, "status") != "verified") co_return fail(errors::kFactorUnverified);
    if (!std::exchange(counted, true)) DT_CO_CHECK(count_challenge(counters, factor, now));
    const std::string sid = services.sids.make("YC");
    const std::string url = fmt::format("{}/v2/Services/{}/Entities/{}/Challenges/{}", context.base_url,
                                        context.value("ServiceSid"), context.value("Identity"), sid);
    json::object challenge{{"sid", sid},
                           {"account_sid", context.account->sid},
                           {"service_sid", context.value("ServiceSid")},
                           {"entity_sid", factor.at("entity_sid")},
                           {"identity", factor.at("identity")},
                           {"factor_sid", factor.at("sid")},
                           {"date_created", iso8601(now)},
                           {"date_updated", iso8601(now)},
                           {"date_responded", nullptr},
                           {"expiration_date", iso8601(expires)},
                           {"status", "pending"},
                           {"responded_reason", "none"},
                           {"details", details},
                           {"hidden_details", hidden},
                           {"metadata", nullptr},
                           {"factor_type", factor.at("factor_type")},
                           {"url", url},
                           {"links", json::object{{"notifications", url + "/Notifications"}}}};
    store::Transaction transaction;
    transaction.journal({.at = now,
                         .kind = "challenge.created",
                         .account = context.account->sid,
                         .subject = sid,
                         .data = wire_json({{"identity", text_of(factor, "identity")},
                                            {"factor_sid", text_of(factor, "sid")},
                                            {"factor_type", text_of(factor, "factor_type")}})});
    if (const auto code = form.get("AuthPayload"); !code.empty()) {
      if (text_of(factor, "factor_type") != "totp") co_return fail(errors::malformed("AuthPayload"));
      DT_CO_TRY(const bool right, judge_code(factor, challenge, code, now, errors::kChallengeAttempts));
      if (right) answered(challenge, factor, "approved", hooks, now, transaction);
      transaction.require_unchanged(factor_scope(context), found);
      transaction.put(factor_scope(context), record_of(factor));
    }
    transaction.put(challenge_scope(context), record_of(challenge));
    auto committed = co_await services.ledger.commit(std::move(transaction));
    if (committed) co_return show(services, context, challenge, 201);
    if (committed.error().code != store::kConflict.code) co_return fail(std::move(committed).error());
  }
  co_return fail(dialtone::errors::kConflict);
}

/// POST to one: the user answers, with a code of the app or what the phone signed.
Task<Result<Reply>> update(rest::Services& services, Webhooks& webhooks, Context& context) {
  auto& store = services.ledger.store();
  const TimePoint now = services.clock.now();
  const std::string_view proof = context.form.get("AuthPayload");
  const auto approved = co_await hooks_of(webhooks, context, "challenge.approved");
  const auto denied = co_await hooks_of(webhooks, context, "challenge.denied");
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const auto found = co_await store.get(challenge_scope(context), context.value("Sid"));
    if (!found) co_return fail(rest::not_found(context));
    json::object challenge = stored_object(found->value);
    const std::string status(text_of(as_of(challenge, now), "status"));
    if (status == "expired") co_return fail(errors::kChallengeExpired);
    if (status != "pending") co_return fail(errors::kChallengeAnswered);
    const auto owner = co_await store.get(factor_scope(context), text_of(challenge, "factor_sid"));
    if (!owner) co_return fail(rest::not_found(context));
    json::object factor = stored_object(owner->value);
    store::Transaction transaction;
    if (const auto text = context.form.get("Metadata"); !text.empty()) {
      auto parsed = parse_json(std::string(text));
      if (!parsed || !parsed->is_object()) co_return fail(errors::malformed("Metadata"));
      challenge["metadata"] = std::move(*parsed);
    }
    if (proof.empty()) {
      // Only what is kept beside it changes.
    } else if (text_of(factor, "factor_type") == "totp") {
      DT_CO_TRY(const bool right, judge_code(factor, challenge, proof, now, errors::kChallengeAttempts));
      if (right) answered(challenge, factor, "approved", approved, now, transaction);
      transaction.require_unchanged(factor_scope(context), owner);
      transaction.put(factor_scope(context), record_of(factor));
    } else {
      const auto payload = signed_payload(text_of(member(factor, "binding"), "public_key"), proof);
      const auto parsed = parse_json(payload.value_or(""));
      const json::object said = parsed && parsed->is_object() ? parsed->get_object() : json::object{};
      const std::string_view answer = text_of(said, "status");
      if (answer != "approved" && answer != "denied") co_return fail(errors::kChallengeFailed);
      // What was signed must be about this challenge.
      if (const auto sid = text_of(said, "sid"); !sid.empty() && sid != text_of(challenge, "sid"))
        co_return fail(errors::kChallengeFailed);
      answered(challenge, factor, answer, answer == "approved" ? approved : denied, now, transaction);
    }
    transaction.require_unchanged(challenge_scope(context), found);
    transaction.put(challenge_scope(context), record_of(challenge));
    auto committed = co_await services.ledger.commit(std::move(transaction));
    if (committed) co_return show(services, context, challenge, 200);
    if (committed.error().code != store::kConflict.code) co_return fail(std::move(committed).error());
  }
  co_return fail(dialtone::errors::kConflict);
}

Task<Result<Reply>> fetch(rest::Services& services, Context& context) {
  const auto found = co_await services.ledger.store().get(challenge_scope(context), context.value("Sid"));
  if (!found) co_return fail(rest::not_found(context));
  co_return show(services, context, stored_object(found->value), 200);
}

Task<Result<Reply>> list(rest::Services& services, Context& context) {
  if (!co_await services.ledger.store().get(entity_scope(context), context.value("Identity")))
    co_return fail(rest::not_found(context));
  const TimePoint now = services.clock.now();
  const std::string factor(context.query.get("FactorSid"));
  const std::string status(context.query.get("Status"));
  rest::Listing listing{.scope = challenge_scope(context), .oldest_first = context.query.get("Order") == "asc"};
  listing.keep = [=](const store::Record& row) {
    const json::object challenge = as_of(stored_object(row.value), now);
    return (factor.empty() || text_of(challenge, "factor_sid") == factor) &&
           (status.empty() || text_of(challenge, "status") == status);
  };
  listing.append = [schema = context.operation.item(), now](std::string& out, const store::Record& row) {
    append_wire_json(out, rest::shape(as_of(stored_object(row.value), now), schema, now));
  };
  co_return co_await rest::list(context, services.ledger.store(), std::move(listing));
}

}  // namespace

void add_challenges(rest::Engine& engine, rest::Services& services, Webhooks& webhooks, Counters& counters) {
  engine.add({.host = "verify",
              .path = "/v2/Services/{ServiceSid}/Entities/{Identity}/Challenges",
              .methods = {{.method = Method::kGet, .run = [&](Context& context) { return list(services, context); }},
                          {.method = Method::kPost,
                           .run = [&](Context& context) { return create(services, webhooks, counters, context); },
                           .validates = true}}});
  engine.add({.host = "verify",
              .path = "/v2/Services/{ServiceSid}/Entities/{Identity}/Challenges/{Sid}",
              .methods = {{.method = Method::kGet, .run = [&](Context& context) { return fetch(services, context); }},
                          {.method = Method::kPost,
                           .run = [&](Context& context) { return update(services, webhooks, context); },
                           .validates = true}}});
}

}  // namespace dialtone::verify::resources
