#include <charconv>

#include "base/utf8.hpp"
#include "messaging/errors.hpp"
#include "messaging/resources/resources.hpp"
#include "webhook/url.hpp"

namespace dialtone::messaging::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr std::size_t kFriendlyNameMax = 64;
constexpr ErrorRow kNameTooLong{20002, 400, "Invalid FriendlyName"};
constexpr ErrorRow kInvalidUrl{21402, 400, "The specified Url is not valid"};

/// What the catalogue does not say of the parameters. Errors: 20002, 21402, 21624.
Result<> check(const rest::Fields& form) {
  if (const auto* name = form.find("FriendlyName"); name && (name->empty() || characters(*name) > kFriendlyNameMax))
    return fail({kNameTooLong, fmt::format("FriendlyName must have 1 to {} characters", kFriendlyNameMax)});
  for (const std::string_view parameter : {"InboundRequestUrl", "FallbackUrl", "StatusCallback"}) {
    const std::string_view url = form.get(parameter);
    if (!url.empty() && !webhook::parse_url(url))
      return fail({kInvalidUrl, fmt::format("{} is not a valid URL: {}", parameter, url)});
  }
  if (const auto* period = form.find("ValidityPeriod")) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(period->data(), period->data() + period->size(), seconds);
    if (error != std::errc{} || end != period->data() + period->size() || seconds < 1 ||
        seconds > kValidityMax.count()) {
      return fail(errors::kInvalidValidity);
    }
  }
  return {};
}

/// POST: a new service. What the spec leaves open is on, as in the examples of the documentation.
Task<Result<Reply>> create(rest::Engine& engine, Messenger& messenger, Context& context) {
  DT_CO_CHECK(check(context.form));
  for (const auto& [name, value] : {std::pair{"StickySender", "true"},
                                    {"MmsConverter", "true"},
                                    {"SmartEncoding", "true"},
                                    {"AreaCodeGeomatch", "true"},
                                    {"FallbackToLongCode", "true"},
                                    {"SynchronousValidation", "false"},
                                    {"UseInboundWebhookOnNumber", "false"},
                                    {"ScanMessageContent", "inherit"},
                                    {"ValidityPeriod", "36000"},
                                    {"InboundMethod", "POST"},
                                    {"FallbackMethod", "POST"},
                                    {"Usecase", "undeclared"}}) {
    context.form.set_default(name, value);
  }
  auto reply = co_await engine.generic(context);
  if (!reply) co_return reply;
  const json::object service = stored_object(reply->body);
  store::Transaction transaction;
  MessagingServices::claim(transaction, text_of(service, "sid"), context.account->sid);
  DT_CO_CHECK(co_await messenger.services().ledger.commit(std::move(transaction)));
  messenger.messaging_services().remember(service);
  co_return reply;
}

Task<Result<Reply>> update(rest::Engine& engine, Messenger& messenger, Context& context) {
  DT_CO_CHECK(check(context.form));
  auto reply = co_await engine.generic(context);
  if (reply) messenger.messaging_services().remember(stored_object(reply->body));
  co_return reply;
}

Task<Result<Reply>> remove(Messenger& messenger, Context& context) {
  const auto service = messenger.messaging_services().find(context.value("Sid"));
  if (!service || service->account_sid != context.account->sid) co_return fail(rest::not_found(context));
  store::Transaction transaction;
  MessagingServices::erase(transaction, *service);
  transaction.journal({.at = messenger.services().clock.now(),
                       .kind = "messaging_service.deleted",
                       .account = service->account_sid,
                       .subject = service->sid,
                       .data = "{}"});
  DT_CO_CHECK(co_await messenger.services().ledger.commit(std::move(transaction)));
  messenger.messaging_services().forget(service->sid);
  co_return Reply{.status = 204, .body = {}};
}

}  // namespace

rest::Resource messaging_services(rest::Engine& engine, Messenger& messenger) {
  return {.host = "messaging",
          .path = "/v1/Services",
          .methods = {{.method = catalogue::Method::kPost,
                       .run = [&](Context& context) { return create(engine, messenger, context); }},
                      {.method = catalogue::Method::kGet,
                       .run = [&engine](Context& context) { return engine.generic(context); }}}};
}

rest::Resource messaging_service(rest::Engine& engine, Messenger& messenger) {
  return {.host = "messaging",
          .path = "/v1/Services/{Sid}",
          .methods = {{.method = catalogue::Method::kGet,
                       .run = [&engine](Context& context) { return engine.generic(context); }},
                      {.method = catalogue::Method::kPost,
                       .run = [&](Context& context) { return update(engine, messenger, context); }},
                      {.method = catalogue::Method::kDelete,
                       .run = [&messenger](Context& context) { return remove(messenger, context); }}}};
}

}  // namespace dialtone::messaging::resources
