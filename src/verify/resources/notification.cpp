#include <charconv>

#include <fmt/format.h>

#include "rest/values.hpp"
#include "verify/resources/factor.hpp"
#include "verify/resources/parts.hpp"

// A challenge is pushed to its phone once more. Nothing is sent to Apple or Google: the push is an entry of the journal
// (`challenge.pushed`). Source: Verify v2, Notifications; error dictionary, 60306, 60307, 60322, 60323.

namespace dialtone::verify::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr int kTtlDefault = 300;  ///< seconds
constexpr int kTtlMax = 300;

Task<Result<Reply>> create(rest::Services& services, Context& context) {
  auto& store = services.ledger.store();
  const TimePoint now = services.clock.now();
  int ttl = kTtlDefault;
  if (const auto* text = context.form.find("Ttl")) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), ttl);
    if (error != std::errc{} || end != text->data() + text->size() || ttl < 0 || ttl > kTtlMax)
      co_return fail(errors::malformed("Ttl"));
  }
  const auto found = co_await store.get(
      fmt::format("{}/{}/Challenges", entity_scope(context), context.value("Identity")), context.value("ChallengeSid"));
  if (!found) co_return fail(rest::not_found(context));
  const json::object challenge = stored_object(found->value);
  const auto record = co_await store.get(factor_scope(context), text_of(challenge, "factor_sid"));
  if (!record) co_return fail(rest::not_found(context));
  json::object factor = stored_object(record->value);
  if (text_of(factor, "factor_type") != "push") co_return fail(errors::malformed("FactorType"));
  const std::string_view platform = text_of(member(factor, "config"), "notification_platform");
  if (platform == "none") co_return fail(errors::kNoNotifications);
  if (text_of(challenge, "status") != "pending") co_return fail(errors::kChallengeAnswered);
  if (const auto expires = parse_time(text_of(challenge, "expiration_date")); expires && now >= expires->time)
    co_return fail(errors::kChallengeExpired);
  json::object notification{{"sid", services.sids.make("NT")},
                            {"account_sid", context.account->sid},
                            {"service_sid", context.value("ServiceSid")},
                            {"entity_sid", challenge.at("entity_sid")},
                            {"identity", challenge.at("identity")},
                            {"challenge_sid", challenge.at("sid")},
                            {"priority", "high"},
                            {"ttl", ttl},
                            {"date_created", iso8601(now)}};
  store::Transaction transaction;
  transaction.journal({.at = now,
                       .kind = "challenge.pushed",
                       .account = context.account->sid,
                       .subject = std::string(text_of(challenge, "sid")),
                       .data = wire_json({{"notification_sid", notification.at("sid")},
                                          {"identity", text_of(challenge, "identity")},
                                          {"factor_sid", text_of(factor, "sid")},
                                          {"platform", platform},
                                          {"token", text_of(member(factor, "config"), "notification_token")},
                                          {"ttl", ttl}})});
  DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
  co_return Reply{.status = 201, .body = wire_json(rest::shape(notification, context.operation.response(), now))};
}

}  // namespace

void add_notifications(rest::Engine& engine, rest::Services& services) {
  engine.add({.host = "verify",
              .path = "/v2/Services/{ServiceSid}/Entities/{Identity}/Challenges/{ChallengeSid}/Notifications",
              .methods = {{.method = catalogue::Method::kPost,
                           .run = [&](Context& context) { return create(services, context); },
                           .validates = true}}});
}

}  // namespace dialtone::verify::resources
