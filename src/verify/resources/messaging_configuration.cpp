#include "messaging/messaging_services.hpp"
#include "verify/resources/parts.hpp"
#include "verify/verifications.hpp"

// Which messaging service sends a Verify service's codes to a country. Source: Verify v2, MessagingConfigurations;
// error dictionary, 60213.

namespace dialtone::verify::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

bool is_country(std::string_view text) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return text == "all" || (text.size() == 2 && upper(text[0]) && upper(text[1]));
}

Task<Result<Reply>> write(rest::Engine& engine, rest::Services& services, Context& context) {
  const bool creates = context.value("Country").empty();
  if (creates && !is_country(context.form.get("Country"))) co_return fail(errors::invalid("Country"));
  if (!co_await services.ledger.store().get(messaging::service_scope(context.account->sid),
                                            context.form.get("MessagingServiceSid")))
    co_return fail(errors::invalid("MessagingServiceSid"));
  auto reply = co_await engine.generic(context);
  if (!reply && creates && reply.error().status == 409) co_return fail(errors::kConfigurationExists);
  co_return reply;
}

}  // namespace

void add_messaging_configurations(rest::Engine& engine, rest::Services& services) {
  const auto as_it_is = [&engine](Context& context) { return engine.generic(context); };
  const auto written = [&](Context& context) { return write(engine, services, context); };
  engine.add({.host = "verify",
              .path = "/v2/Services/{ServiceSid}/MessagingConfigurations",
              .methods = {{.method = Method::kGet, .run = as_it_is}, {.method = Method::kPost, .run = written}}});
  engine.add({.host = "verify",
              .path = "/v2/Services/{ServiceSid}/MessagingConfigurations/{Country}",
              .methods = {{.method = Method::kGet, .run = as_it_is},
                          {.method = Method::kPost, .run = written},
                          {.method = Method::kDelete, .run = as_it_is}}});
}

}  // namespace dialtone::verify::resources
