#include "verify/resources/resources.hpp"

namespace dialtone::verify::resources {
namespace {

using rest::Context;
using rest::Reply;

Task<Result<Reply>> check(Verifications& verifications, Context& context) {
  const std::string service_sid(context.value("ServiceSid"));
  if (!co_await verifications.services().ledger.store().get(context.account->sid + "/verify/v2/Services", service_sid))
    co_return fail(rest::not_found(context));
  std::string who(context.form.get("VerificationSid"));
  if (who.empty()) who = context.form.get("To");
  if (who.empty()) co_return fail(errors::kNoTarget);
  const std::string code(context.form.get("Code"));
  if (code.empty()) co_return fail({errors::kInvalidParameter, "Missing required parameter Code in the post body"});
  DT_CO_TRY(const auto checked, co_await verifications.check(context.account, service_sid, who, code,
                                                             std::string(context.form.get("Amount")),
                                                             std::string(context.form.get("Payee"))));
  if (!checked) co_return fail(rest::not_found(context));
  const json::object all = Verifications::to_json(*checked);
  json::object out;
  for (const std::string_view name : {"sid", "service_sid", "account_sid", "to", "channel", "status", "valid", "amount",
                                      "payee", "date_created", "date_updated"}) {
    out[name] = all.at(name);
  }
  out["sna_attempts_error_codes"] = json::array{};
  co_return Reply{.status = 201, .body = wire_json(out)};
}

}  // namespace

rest::Resource verification_check(Verifications& verifications) {
  return {.host = "verify",
          .path = "/v2/Services/{ServiceSid}/VerificationCheck",
          .methods = {{.method = catalogue::Method::kPost,
                       .run = [&verifications](Context& context) { return check(verifications, context); },
                       .validates = true}}};
}

}  // namespace dialtone::verify::resources
