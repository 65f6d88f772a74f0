#include <algorithm>

#include <fmt/format.h>

#include "verify/errors.hpp"
#include "verify/resources/parts.hpp"
#include "verify/webhooks.hpp"
#include "webhook/url.hpp"

// Who is told of factors and challenges. Source: Verify v2, Webhooks; error dictionary, 60306.

namespace dialtone::verify::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

constexpr std::string_view kEvents[] = {
    "*", "factor.created", "factor.verified", "factor.deleted", "challenge.approved", "challenge.denied"};
constexpr std::size_t kNameMax = 256;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

/// Checks what the form has, and what it must have. Error: 60306.
Result<> check(const rest::Fields& form, bool creates) {
  for (const std::string_view name : {"FriendlyName", "EventTypes", "WebhookUrl"}) {
    if (creates ? form.get(name).empty() : form.has(name) && form.get(name).empty())
      return fail(errors::malformed(name));
  }
  if (form.get("FriendlyName").size() > kNameMax) return fail(errors::malformed("FriendlyName"));
  for (const std::string& event : form.all("EventTypes")) {
    if (std::ranges::find(kEvents, event) == std::end(kEvents)) return fail(errors::malformed("EventTypes"));
  }
  if (form.has("WebhookUrl") && !webhook::parse_url(form.get("WebhookUrl")))
    return fail(errors::malformed("WebhookUrl"));
  if (form.has("Status") && !is_one_of(form.get("Status"), {"enabled", "disabled"}))
    return fail(errors::malformed("Status"));
  if (form.has("Version") && !is_one_of(form.get("Version"), {"v1", "v2"})) return fail(errors::malformed("Version"));
  return {};
}

Task<Result<Reply>> write(rest::Engine& engine, rest::Services& services, Context& context) {
  const bool creates = context.value("Sid").empty();
  DT_CO_CHECK(check(context.form, creates));
  if (creates) {
    const auto rows = co_await services.ledger.store().list(
        {.scope = webhook_scope(context.account->sid, context.value("ServiceSid")), .limit = kWebhooksMax});
    if (rows.size() >= kWebhooksMax)
      co_return fail({errors::kMalformed, fmt::format("A service has at most {} webhooks", kWebhooksMax)});
  }
  co_return co_await engine.generic(context, [&](json::object& webhook, store::Transaction&) -> Result<> {
    if (context.form.has("EventTypes")) {
      json::array events;
      for (const std::string& event : context.form.all("EventTypes")) events.push_back(json::value(event));
      webhook["event_types"] = std::move(events);
    }
    if (!creates) return {};
    webhook["webhook_method"] = "POST";
    if (!context.form.has("Status")) webhook["status"] = "enabled";
    if (!context.form.has("Version")) webhook["version"] = "v2";
    return {};
  });
}

}  // namespace

void add_webhooks(rest::Engine& engine, rest::Services& services) {
  const auto as_it_is = [&engine](Context& context) { return engine.generic(context); };
  const auto written = [&](Context& context) { return write(engine, services, context); };
  engine.add({.host = "verify",
              .path = "/v2/Services/{ServiceSid}/Webhooks",
              .methods = {{.method = Method::kGet, .run = as_it_is},
                          {.method = Method::kPost, .run = written, .validates = true}}});
  engine.add({.host = "verify",
              .path = "/v2/Services/{ServiceSid}/Webhooks/{Sid}",
              .methods = {{.method = Method::kGet, .run = as_it_is},
                          {.method = Method::kPost, .run = written, .validates = true},
                          {.method = Method::kDelete, .run = as_it_is}}});
}

}  // namespace dialtone::verify::resources
