#include "verify/resources/resources.hpp"

namespace dialtone::verify::resources {
namespace {

using rest::Context;
using rest::Reply;

Task<Result<json::object>> service_of(Verifications& verifications, const Context& context) {
  const auto record = co_await verifications.services().ledger.store().get(context.account->sid + "/verify/v2/Services",
                                                                           context.value("ServiceSid"));
  if (!record) co_return fail(rest::not_found(context));
  json::value value = json::parse(record->value);
  co_return std::move(value.get_object());
}

Task<Result<Reply>> start(Verifications& verifications, Context& context) {
  DT_CO_TRY(auto service, co_await service_of(verifications, context));
  const auto text = [&](std::string_view name) { return std::string(context.form.get(name)); };
  const std::string_view risk = context.form.get("RiskCheck");
  if (!risk.empty() && risk != "enable" && risk != "disable") co_return fail(errors::invalid("RiskCheck"));
  for (const std::string_view required : {"To", "Channel"}) {
    if (!context.form.has(required))
      co_return fail(
          {errors::kInvalidParameter, fmt::format("Missing required parameter {} in the post body", required)});
  }
  DT_CO_TRY(const auto started, co_await verifications.start({.account = context.account,
                                                              .service_sid = std::string(context.value("ServiceSid")),
                                                              .service = std::move(service),
                                                              .to = text("To"),
                                                              .channel = text("Channel"),
                                                              .custom_code = text("CustomCode"),
                                                              .friendly_name = text("CustomFriendlyName"),
                                                              .locale = text("Locale"),
                                                              .amount = text("Amount"),
                                                              .payee = text("Payee"),
                                                              .template_sid = text("TemplateSid"),
                                                              .substitutions = text("TemplateCustomSubstitutions"),
                                                              .rate_limits = text("RateLimits"),
                                                              .templates = text("Templates"),
                                                              .app_hash = text("AppHash"),
                                                              .channel_configuration = text("ChannelConfiguration"),
                                                              .device_ip = text("DeviceIp"),
                                                              .tags = text("Tags"),
                                                              .risk_check = risk != "disable"}));
  co_return Reply{.status = 201, .body = wire_json(Verifications::to_json(started))};
}

Task<Result<Reply>> fetch(Verifications& verifications, Context& context) {
  DT_CO_CHECK(co_await service_of(verifications, context));
  DT_CO_TRY(const auto found, co_await verifications.find(context.account, std::string(context.value("ServiceSid")),
                                                          std::string(context.value("Sid"))));
  if (!found) co_return fail(rest::not_found(context));
  co_return Reply{.status = 200, .body = wire_json(Verifications::to_json(*found))};
}

Task<Result<Reply>> update(Verifications& verifications, Context& context) {
  DT_CO_CHECK(co_await service_of(verifications, context));
  const std::string status(context.form.get("Status"));
  if (status != "canceled" && status != "approved") co_return fail(errors::invalid("Status"));
  DT_CO_TRY(const auto changed, co_await verifications.finish(context.account, std::string(context.value("ServiceSid")),
                                                              std::string(context.value("Sid")), status));
  if (!changed) co_return fail(rest::not_found(context));
  co_return Reply{.status = 200, .body = wire_json(Verifications::to_json(*changed))};
}

}  // namespace

rest::Resource verifications(Verifications& verifications) {
  return {.host = "verify",
          .path = "/v2/Services/{ServiceSid}/Verifications",
          .methods = {{.method = catalogue::Method::kPost,
                       .run = [&verifications](Context& context) { return start(verifications, context); },
                       .validates = true}}};
}

rest::Resource verification(Verifications& verifications) {
  return {.host = "verify",
          .path = "/v2/Services/{ServiceSid}/Verifications/{Sid}",
          .methods = {{.method = catalogue::Method::kGet,
                       .run = [&verifications](Context& context) { return fetch(verifications, context); }},
                      {.method = catalogue::Method::kPost,
                       .run = [&verifications](Context& context) { return update(verifications, context); },
                       .validates = true}}};
}

}  // namespace dialtone::verify::resources
