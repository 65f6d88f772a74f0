#include "base/utf8.hpp"
#include "messaging/registrations.hpp"
#include "messaging/resources/resources.hpp"

// Campaigns of A2P 10DLC: what a messaging service writes to the United States for. Source: Twilio, Usa2p resource.

namespace dialtone::messaging::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

constexpr ErrorRow kBrandNotValid{21717, 400,
                                  "Brand Registration SID for US A2P Campaign Use Case is Not Registered or Not Valid"};

struct Usecase {
  std::string_view code;
  std::string_view name;
  std::string_view description;
  bool post_approval = false;  ///< a carrier looks at it, too
};
constexpr std::array<Usecase, 22> kUsecases{{
    {"2FA", "Two-Factor authentication (2FA)", "Codes for signing in and for confirming an account"},
    {"ACCOUNT_NOTIFICATION", "Account Notification", "News about an account to who has one"},
    {"CUSTOMER_CARE", "Customer Care", "Conversations with customers that want help"},
    {"DELIVERY_NOTIFICATION", "Delivery Notification", "Where a delivery is"},
    {"FRAUD_ALERT", "Fraud Alert Messaging", "Warnings of strange activity on an account"},
    {"HIGHER_EDUCATION", "Higher Education", "Messages of colleges, universities and school districts"},
    {"LOW_VOLUME", "Low Volume Mixed", "Several purposes, few messages"},
    {"MARKETING", "Marketing", "Offers and other promotional content"},
    {"MIXED", "Mixed", "Several purposes"},
    {"POLLING_VOTING", "Polling and voting", "Surveys and votes that are not political"},
    {"PUBLIC_SERVICE_ANNOUNCEMENT", "Public Service Announcement", "What an audience should be aware of"},
    {"SECURITY_ALERT", "Security Alert", "That a system may be compromised, and what to do"},
    {"SOLE_PROPRIETOR", "Sole Proprietor", "Messages of a person without a tax number"},
    {"AGENTS_FRANCHISES", "Agents and Franchises", "Local branches of one brand", true},
    {"CHARITY", "Charity", "Messages of a registered charity", true},
    {"EMERGENCY", "Emergency", "What safety or health depends on", true},
    {"K12_EDUCATION", "K-12 Education", "Messages of schools", true},
    {"POLITICAL", "Political", "Messages of campaigns and organizations that are vetted", true},
    {"PROXY", "Proxy", "Two persons who write to each other without knowing their numbers", true},
    {"SOCIAL", "Social", "Messages between influencers and communities", true},
    {"SWEEPSTAKE", "Sweepstake", "Games that one can win", true},
    {"UCAAS_HIGH", "UCaaS High Volume", "Employees of a company that write from a unified platform", true},
}};

/// Characters that a text must have. Source: parameters of the Usa2p resource.
struct Length {
  std::string_view name;
  std::size_t least, most;
};
constexpr std::array<Length, 6> kLengths{{{"Description", 40, 4096},
                                          {"MessageFlow", 40, 2048},
                                          {"MessageSamples", 20, 1024},
                                          {"OptInMessage", 20, 320},
                                          {"OptOutMessage", 20, 320},
                                          {"HelpMessage", 20, 320}}};
constexpr std::size_t kSamplesMin = 2;
constexpr std::size_t kSamplesMax = 5;

Error invalid(std::string_view parameter, std::string why) {
  return {dialtone::errors::kBadRequest, fmt::format("Invalid parameter {}: it {}", parameter, why)};
}

Result<> check(const rest::Fields& form) {
  for (const Length& each : kLengths) {
    for (const std::string& text : form.all(each.name)) {
      const std::size_t length = characters(text);
      if (length < each.least || length > each.most)
        return fail(invalid(each.name, fmt::format("has {} characters, not {} to {}", length, each.least, each.most)));
    }
  }
  if (const auto samples = form.all("MessageSamples").size(); samples < kSamplesMin || samples > kSamplesMax)
    return fail(
        invalid("MessageSamples", fmt::format("has {} texts, not {} to {}", samples, kSamplesMin, kSamplesMax)));
  return {};
}

Result<> require_service(Messenger& messenger, const Context& context, std::string_view sid) {
  const auto service = messenger.messaging_services().find(sid);
  if (!service || service->account_sid != context.account->sid) return fail(rest::not_found(context));
  return {};
}

Task<Result<>> require_no_campaign(Messenger& messenger, std::string account_sid, std::string service_sid) {
  const auto rows = co_await messenger.services().ledger.store().list(
      {.scope = campaign_scope(account_sid, service_sid), .limit = 1});
  if (!rows.empty())
    co_return fail({dialtone::errors::kConflict, "The Messaging Service has a US A2P campaign already"});
  co_return Result<>{};
}

void index(store::Transaction& transaction, const json::object& campaign) {
  const std::string_view account = text_of(campaign, "account_sid");
  transaction.put(registration_index_scope(account), std::string(text_of(campaign, "sid")),
                  campaign_scope(account, text_of(campaign, "messaging_service_sid")));
}

/// Only an approved brand has campaigns, and a sole proprietor's only that of one. Error: 21717.
Task<Result<json::object>> brand_for(Messenger& messenger, const Context& context) {
  const auto record = co_await messenger.services().ledger.store().get(brand_scope(context.account->sid),
                                                                       context.form.get("BrandRegistrationSid"));
  if (!record) co_return fail(kBrandNotValid);
  json::object brand = stored_object(record->value);
  const bool sole = text_of(brand, "brand_type") == "SOLE_PROPRIETOR";
  const bool identified = !sole || text_of(brand, "identity_status") == "VERIFIED";
  if (text_of(brand, "status") != "APPROVED" || !identified ||
      sole != (context.form.get("UsAppToPersonUsecase") == "SOLE_PROPRIETOR"))
    co_return fail(kBrandNotValid);
  co_return brand;
}

Task<Result<Reply>> create(rest::Engine& engine, Messenger& messenger, Context& context) {
  const std::string service(context.value("MessagingServiceSid"));
  DT_CO_CHECK(require_service(messenger, context, service));
  DT_CO_CHECK(check(context.form));
  const std::string_view usecase = context.form.get("UsAppToPersonUsecase");
  if (std::ranges::find(kUsecases, usecase, &Usecase::code) == kUsecases.end())
    co_return fail(invalid("UsAppToPersonUsecase", "is not one of the allowed values"));
  DT_CO_TRY(const json::object brand, co_await brand_for(messenger, context));
  DT_CO_CHECK(co_await require_no_campaign(messenger, context.account->sid, service));
  for (const auto& [name, value] :
       {std::pair{"SubscriberOptIn", "false"}, {"AgeGated", "false"}, {"DirectLending", "false"}})
    context.form.set_default(name, value);
  co_return co_await engine.generic(context, [&](json::object& campaign, store::Transaction& transaction) -> Result<> {
    campaign["campaign_status"] = "PENDING";
    campaign["campaign_id"] = nullptr;
    campaign["is_externally_registered"] = false;
    campaign["rate_limits"] = nullptr;
    campaign["errors"] = json::array{};
    const json::value* mock = brand.if_contains("mock");
    campaign["mock"] = mock && mock->is_bool() && mock->get_bool();
    index(transaction, campaign);
    messenger.registrations().review_campaign(transaction, campaign);
    return {};
  });
}

/// POST to one: a campaign that failed is corrected and handed in again.
Task<Result<Reply>> update(rest::Engine& engine, Messenger& messenger, Context& context) {
  DT_CO_CHECK(check(context.form));
  co_return co_await engine.generic(context, [&](json::object& campaign, store::Transaction& transaction) -> Result<> {
    if (text_of(campaign, "campaign_status") != "FAILED")
      return fail({dialtone::errors::kBadRequest, "Only a campaign that failed can be updated"});
    campaign["campaign_status"] = "PENDING";
    campaign["errors"] = json::array{};
    messenger.registrations().review_campaign(transaction, campaign);
    return {};
  });
}

Task<Result<Reply>> remove(rest::Engine& engine, Messenger& messenger, Context& context) {
  const std::string scope = service_scope(context.account->sid);
  const auto service = co_await messenger.services().ledger.store().get(scope, context.value("MessagingServiceSid"));
  co_return co_await engine.generic(context, [&](json::object& campaign, store::Transaction& transaction) -> Result<> {
    transaction.erase(registration_index_scope(context.account->sid), std::string(text_of(campaign, "sid")));
    if (service) {
      json::object changed = stored_object(service->value);
      changed["us_app_to_person_registered"] = false;
      transaction.require_unchanged(scope, service);
      transaction.put(scope, service->id, wire_json(changed));
    }
    return {};
  });
}

/// POST Services/PreregisteredUsa2p: a campaign that was registered elsewhere is shared with Twilio.
Task<Result<Reply>> adopt(rest::Engine& engine, Messenger& messenger, Context& context) {
  const std::string service(context.form.get("MessagingServiceSid"));
  DT_CO_CHECK(require_service(messenger, context, service));
  DT_CO_CHECK(co_await require_no_campaign(messenger, context.account->sid, service));
  co_return co_await engine.generic(context, [&](json::object& external, store::Transaction& transaction) -> Result<> {
    const std::string now = iso8601(messenger.services().clock.now());
    const std::string sid(text_of(external, "sid"));
    const json::object campaign{
        {"sid", sid},
        {"account_sid", context.account->sid},
        {"brand_registration_sid", nullptr},
        {"messaging_service_sid", service},
        {"campaign_status", "PENDING"},
        {"campaign_id", text_of(external, "campaign_id")},
        {"is_externally_registered", true},
        {"rate_limits", nullptr},
        {"mock", false},
        {"errors", json::array{}},
        {"date_created", now},
        {"date_updated", now},
        {"url", fmt::format("{}/v1/Services/{}/Compliance/Usa2p/{}", context.base_url, service, sid)}};
    transaction.put(campaign_scope(context.account->sid, service), sid, wire_json(campaign));
    index(transaction, campaign);
    messenger.registrations().review_campaign(transaction, campaign);
    return {};
  });
}

Task<Result<Reply>> usecases(Messenger& messenger, Context& context) {
  DT_CO_CHECK(require_service(messenger, context, context.value("MessagingServiceSid")));
  bool sole = false;
  const std::string_view brand_sid = context.query.get("BrandRegistrationSid");
  if (!brand_sid.empty()) {
    const auto brand = co_await messenger.services().ledger.store().get(brand_scope(context.account->sid), brand_sid);
    if (!brand) co_return fail(kBrandNotValid);
    sole = text_of(stored_object(brand->value), "brand_type") == "SOLE_PROPRIETOR";
  }
  json::array rows;
  for (const Usecase& each : kUsecases) {
    // A brand is offered what it may register.
    if (!brand_sid.empty() && sole != (each.code == "SOLE_PROPRIETOR")) continue;
    rows.push_back(json::object{{"code", each.code},
                                {"name", each.name},
                                {"description", each.description},
                                {"post_approval_required", each.post_approval}});
  }
  co_return Reply{.status = 200, .body = wire_json({{"us_app_to_person_usecases", std::move(rows)}})};
}

/// What a messaging service can be for.
Task<Result<Reply>> service_usecases(Context&) {
  constexpr std::array<std::array<std::string_view, 3>, 6> kAll{{
      {"notifications", "Notify my users", "Status updates, reminders and alerts"},
      {"marketing", "Market my services", "Offers and news"},
      {"verification", "Verify my users", "One-time passwords"},
      {"discussion", "Engage in a discussion", "Conversations of two or more"},
      {"poll", "Conduct a poll", "Questions and their answers"},
      {"undeclared", "Something else", "Not said yet"},
  }};
  json::array rows;
  for (const auto& [usecase, description, purpose] : kAll)
    rows.push_back(json::object{{"usecase", usecase}, {"description", description}, {"purpose", purpose}});
  co_return Reply{.status = 200, .body = wire_json({{"usecases", std::move(rows)}})};
}

}  // namespace

void add_us_app_to_person(rest::Engine& engine, Messenger& messenger) {
  const auto plain = [&engine](Context& context) { return engine.generic(context); };
  engine.add({.host = "messaging",
              .path = "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p",
              .methods = {{.method = Method::kPost,
                           .run = [&](Context& context) { return create(engine, messenger, context); }},
                          {.method = Method::kGet, .run = plain}}});
  engine.add(
      {.host = "messaging",
       .path = "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p/{Sid}",
       .methods = {
           {.method = Method::kGet, .run = plain},
           {.method = Method::kPost, .run = [&](Context& context) { return update(engine, messenger, context); }},
           {.method = Method::kDelete, .run = [&](Context& context) { return remove(engine, messenger, context); }}}});
  engine.add({.host = "messaging",
              .path = "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p/Usecases",
              .methods = {{.method = Method::kGet,
                           .run = [&messenger](Context& context) { return usecases(messenger, context); }}}});
  engine.add({.host = "messaging",
              .path = "/v1/Services/PreregisteredUsa2p",
              .methods = {{.method = Method::kPost,
                           .run = [&](Context& context) { return adopt(engine, messenger, context); }}}});
  engine.add({.host = "messaging",
              .path = "/v1/Services/Usecases",
              .methods = {{.method = Method::kGet, .run = service_usecases}}});
}

}  // namespace dialtone::messaging::resources
