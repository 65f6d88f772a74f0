#include "base/e164.hpp"
#include "messaging/resources/resources.hpp"
#include "webhook/url.hpp"

namespace dialtone::messaging::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr ErrorRow kInvalidUrl{21402, 400, "The specified Url is not valid"};
constexpr ErrorRow kInvalid{21421, 400, "ShortCode is invalid"};
constexpr ErrorRow kTaken{21422, 400, "ShortCode is not available"};

/// POST: where messages to the short code go. Error: 21402.
Task<Result<Reply>> update(rest::Engine& engine, Messenger& messenger, Context& context) {
  for (const std::string_view parameter : {"SmsUrl", "SmsFallbackUrl"}) {
    const std::string_view url = context.form.get(parameter);
    if (!url.empty() && !webhook::parse_url(url))
      co_return fail({kInvalidUrl, fmt::format("{} is not a valid URL: {}", parameter, url)});
  }
  auto reply = co_await engine.generic(context);
  if (reply) messenger.numbers().remember(stored_object(reply->body));
  co_return reply;
}

}  // namespace

Task<Result<json::object>> create_short_code(Messenger& messenger, rest::AccountPtr account, std::string code,
                                             std::string sms_url) {
  if (!is_short_code(code) || code.size() < 3) co_return fail({kInvalid, fmt::format("{} is no short code", code)});
  if (!sms_url.empty() && !webhook::parse_url(sms_url))
    co_return fail({kInvalidUrl, fmt::format("sms_url is not a valid URL: {}", sms_url)});
  if (messenger.numbers().find(code)) co_return fail({kTaken, fmt::format("{} is not available", code)});
  auto& services = messenger.services();
  const TimePoint now = services.clock.now();
  const std::string sid = services.sids.make("SC");
  json::object resource;
  resource["account_sid"] = account->sid;
  resource["api_version"] = kApiVersion;
  resource["date_created"] = rfc2822(now);
  resource["date_updated"] = rfc2822(now);
  resource["friendly_name"] = code;
  resource["short_code"] = code;
  resource["sid"] = sid;
  resource["sms_fallback_method"] = "POST";
  resource["sms_fallback_url"] = nullptr;
  resource["sms_method"] = "POST";
  resource["sms_url"] = sms_url.empty() ? json::value(nullptr) : json::value(sms_url);
  resource["uri"] = fmt::format("/2010-04-01/Accounts/{}/SMS/ShortCodes/{}.json", account->sid, sid);
  store::Transaction transaction;
  Numbers::put(transaction, resource, true);
  transaction.journal({.at = now,
                       .kind = "short_code.created",
                       .account = account->sid,
                       .subject = code,
                       .data = wire_json({{"sid", sid}})});
  messenger.numbers().remember(resource);  // taken from now on, for others ask while this is written
  if (const auto committed = co_await services.ledger.commit(std::move(transaction)); !committed) {
    messenger.numbers().forget(code);
    if (committed.error().code == store::kConflict.code)
      co_return fail({kTaken, fmt::format("{} is not available", code)});
    co_return fail(committed.error());
  }
  co_return resource;
}

rest::Resource short_codes(rest::Engine& engine) {
  return {.host = "api",
          .path = "/2010-04-01/Accounts/{AccountSid}/SMS/ShortCodes.json",
          .methods = {{.method = catalogue::Method::kGet,
                       .run = [&engine](Context& context) { return engine.generic(context); }}}};
}

rest::Resource short_code(rest::Engine& engine, Messenger& messenger) {
  return {.host = "api",
          .path = "/2010-04-01/Accounts/{AccountSid}/SMS/ShortCodes/{Sid}.json",
          .methods = {{.method = catalogue::Method::kGet,
                       .run = [&engine](Context& context) { return engine.generic(context); }},
                      {.method = catalogue::Method::kPost,
                       .run = [&](Context& context) { return update(engine, messenger, context); }}}};
}

}  // namespace dialtone::messaging::resources
