#include "verify/webhooks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/sid.hpp"
#include "verify/errors.hpp"

namespace dialtone::verify {
namespace {

constexpr std::string_view kRow = "webhook.verify";

/// JSON of a member; empty for null.
std::string json_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && !value->is_null() ? wire_json(*value) : std::string();
}

}  // namespace

std::string webhook_scope(std::string_view account_sid, std::string_view service_sid) {
  return fmt::format("{}/verify/v2/Services/{}/Webhooks", account_sid, service_sid);
}

void Webhooks::start() {
  services_.ledger.on(std::string(kRow), [this](store::OutboxRow row) { return send(std::move(row)); });
}

Task<std::vector<Hook>> Webhooks::of(std::string account_sid, std::string service_sid, std::string event) {
  std::vector<Hook> out;
  const auto rows = co_await services_.ledger.store().list(
      {.scope = webhook_scope(account_sid, service_sid), .oldest_first = true, .limit = kWebhooksMax});
  for (const auto& row : rows) {
    const json::object webhook = stored_object(row->value);
    const json::value* events = webhook.if_contains("event_types");
    const bool wants = events && events->is_array() && std::ranges::any_of(events->get_array(), [&](const auto& each) {
                         return each.is_string() && (each.get_string() == "*" || each.get_string() == event);
                       });
    if (!wants || text_of(webhook, "status") == "disabled") continue;
    out.push_back({.sid = row->id,
                   .url = std::string(text_of(webhook, "webhook_url")),
                   .method = std::string(text_of(webhook, "webhook_method")),
                   .details = text_of(webhook, "version") != "v1"});
  }
  co_return out;
}

void Webhooks::tell(store::Transaction& transaction, const std::vector<Hook>& hooks, std::string_view event,
                    const json::object& factor, const json::object* challenge, TimePoint now) {
  for (const Hook& hook : hooks) {
    FormPairs params{{"uuid", random_uuid()},
                     {"type", std::string(event)},
                     {"account_sid", std::string(text_of(factor, "account_sid"))},
                     {"service_sid", std::string(text_of(factor, "service_sid"))},
                     {"entity_identity", std::string(text_of(factor, "identity"))},
                     {"factor_sid", std::string(text_of(factor, "sid"))},
                     {"factor_type", std::string(text_of(factor, "factor_type"))}};
    if (hook.details) params.emplace_back("factor_friendly_name", text_of(factor, "friendly_name"));
    if (challenge) params.emplace_back("challenge_sid", text_of(*challenge, "sid"));
    if (challenge && hook.details) {
      for (const std::string_view name : {"details", "hidden_details", "metadata"}) {
        if (std::string value = json_of(*challenge, name); !value.empty())
          params.emplace_back(fmt::format("challenge_{}", name), std::move(value));
      }
    }
    const json::object data{{"account_sid", text_of(factor, "account_sid")},
                            {"url", hook.url},
                            {"method", hook.method.empty() ? std::string("POST") : hook.method},
                            {"params", form_encode(params)},
                            {"about", text_of(challenge ? *challenge : factor, "sid")}};
    transaction.outbox({.due = now, .kind = std::string(kRow), .subject = hook.sid, .data = wire_json(data)});
  }
}

Task<Result<>> Webhooks::send(store::OutboxRow row) {
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  const json::object data = stored_object(row.data);
  const std::string about(text_of(data, "about"));
  const auto told = co_await monitor::tell(client_, alerts_, accounts_, data, about, "verify", transaction);
  if (told && !told->exchange.ok()) {
    alerts_.add(transaction,
                {.account_sid = std::string(text_of(data, "account_sid")),
                 .resource_sid = about,
                 .code = errors::kWebhookFailed.code,
                 .text = fmt::format("{}: {}", errors::kWebhookFailed.message, told->exchange.error->message),
                 .exchange = &told->exchange,
                 .exchange_sid = told->exchange_sid});
  }
  co_return co_await services_.ledger.finish(std::move(transaction));
}

}  // namespace dialtone::verify
