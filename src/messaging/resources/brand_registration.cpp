#include "messaging/registrations.hpp"
#include "messaging/resources/resources.hpp"

// Brands of A2P 10DLC, their secondary vettings, and the one-time password of sole proprietors. Source: Twilio,
// BrandRegistrations resource.

namespace dialtone::messaging::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

constexpr std::string_view kBrands = "/v1/a2p/BrandRegistrations";

Error invalid(std::string_view parameter) {
  return {dialtone::errors::kBadRequest, fmt::format("Invalid parameter {}", parameter)};
}

Task<Result<json::object>> brand_of(Messenger& messenger, const Context& context, std::string_view parameter) {
  const auto record =
      co_await messenger.services().ledger.store().get(brand_scope(context.account->sid), context.value(parameter));
  if (!record) co_return fail(rest::not_found(context));
  co_return stored_object(record->value);
}

Task<Result<Reply>> create(rest::Engine& engine, Messenger& messenger, Context& context) {
  context.form.set_default("BrandType", "STANDARD");
  context.form.set_default("Mock", "false");
  context.form.set_default("SkipAutomaticSecVet", "false");
  const std::string_view type = context.form.get("BrandType");
  if (type != "STANDARD" && type != "SOLE_PROPRIETOR") co_return fail(invalid("BrandType"));
  for (const std::string_view name : {"CustomerProfileBundleSid", "A2PProfileBundleSid"}) {
    if (!context.form.get(name).starts_with("BU")) co_return fail(invalid(name));
  }
  co_return co_await engine.generic(context, [&](json::object& brand, store::Transaction& transaction) -> Result<> {
    brand["status"] = "PENDING";
    brand["identity_status"] = "SELF_DECLARED";
    brand["errors"] = json::array{};
    brand["brand_feedback"] = json::array{};
    brand["russell_3000"] = false;
    brand["government_entity"] = false;
    transaction.put(registration_index_scope(context.account->sid), std::string(text_of(brand, "sid")),
                    brand_scope(context.account->sid));
    messenger.registrations().review_brand(transaction, brand);
    return {};
  });
}

/// POST: a brand that failed is handed in again.
Task<Result<Reply>> update(rest::Engine& engine, Messenger& messenger, Context& context) {
  co_return co_await engine.generic(context, [&](json::object& brand, store::Transaction& transaction) -> Result<> {
    if (text_of(brand, "status") != "FAILED")
      return fail({dialtone::errors::kBadRequest, "Only a brand registration that failed can be updated"});
    brand["status"] = "PENDING";
    brand["errors"] = json::array{};
    brand["failure_reason"] = nullptr;
    messenger.registrations().review_brand(transaction, brand);
    return {};
  });
}

Task<Result<Reply>> create_vetting(rest::Engine& engine, Messenger& messenger, Context& context) {
  DT_CO_TRY(const json::object brand, co_await brand_of(messenger, context, "BrandSid"));
  if (text_of(brand, "status") != "APPROVED")
    co_return fail({dialtone::errors::kBadRequest, "The brand registration is not approved"});
  const bool political = context.form.get("VettingProvider") == "campaign-verify";
  if (political && context.form.get("VettingId").empty()) co_return fail(invalid("VettingId"));
  co_return co_await engine.generic(context, [&](json::object& vetting, store::Transaction& transaction) -> Result<> {
    vetting["brand_sid"] = context.value("BrandSid");
    vetting["vetting_status"] = "PENDING";
    vetting["vetting_class"] = political ? "POLITICAL" : "STANDARD";
    messenger.registrations().review_vetting(transaction, vetting);
    return {};
  });
}

/// POST: the owner of a sole proprietor's phone is asked (again) whether it is theirs.
Task<Result<Reply>> send_password(Messenger& messenger, Context& context) {
  DT_CO_TRY(const json::object brand, co_await brand_of(messenger, context, "BrandRegistrationSid"));
  if (text_of(brand, "brand_type") != "SOLE_PROPRIETOR" || text_of(brand, "status") != "APPROVED")
    co_return fail({dialtone::errors::kBadRequest, "Only an approved sole proprietor's brand has a one-time password"});
  store::Transaction transaction;
  if (text_of(brand, "identity_status") == "UNVERIFIED") messenger.registrations().confirm_identity(transaction, brand);
  DT_CO_CHECK(co_await messenger.services().ledger.commit(std::move(transaction)));
  co_return Reply{.status = 201,
                  .body = wire_json({{"account_sid", context.account->sid},
                                     {"brand_registration_sid", context.value("BrandRegistrationSid")}})};
}

}  // namespace

void add_brand_registrations(rest::Engine& engine, Messenger& messenger) {
  const auto plain = [&engine](Context& context) { return engine.generic(context); };
  engine.add({.host = "messaging",
              .path = kBrands,
              .methods = {{.method = Method::kPost,
                           .run = [&](Context& context) { return create(engine, messenger, context); }},
                          {.method = Method::kGet, .run = plain}}});
  engine.add({.host = "messaging",
              .path = "/v1/a2p/BrandRegistrations/{Sid}",
              .methods = {{.method = Method::kPost,
                           .run = [&](Context& context) { return update(engine, messenger, context); }},
                          {.method = Method::kGet, .run = plain}}});
  engine.add({.host = "messaging",
              .path = "/v1/a2p/BrandRegistrations/{BrandSid}/Vettings",
              .methods = {{.method = Method::kPost,
                           .run = [&](Context& context) { return create_vetting(engine, messenger, context); }},
                          {.method = Method::kGet, .run = plain}}});
  engine.add({.host = "messaging",
              .path = "/v1/a2p/BrandRegistrations/{BrandSid}/Vettings/{BrandVettingSid}",
              .methods = {{.method = Method::kGet, .run = plain}}});
  engine.add({.host = "messaging",
              .path = "/v1/a2p/BrandRegistrations/{BrandRegistrationSid}/SmsOtp",
              .methods = {{.method = Method::kPost,
                           .run = [&](Context& context) { return send_password(messenger, context); }}}});
}

}  // namespace dialtone::messaging::resources
