#include "messaging/registrations.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "messaging/messaging_services.hpp"
#include "messaging/regulations.hpp"

namespace dialtone::messaging {
namespace {

constexpr std::string_view kMove = "registration.move";
constexpr ErrorRow kUnknown{20404, 404, "There is no registration of that SID"};
constexpr std::chrono::days kEditTime{7};  ///< in which a rejected verification may be corrected first. Source: 30437

/// An identifier as The Campaign Registry gives them: a letter and six of these.
std::string registry_id(char letter) {
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  std::string out(1, letter);
  for (const char c : random_hex(3)) {
    const auto digit = static_cast<std::size_t>(c <= '9' ? c - '0' : c - 'a' + 10);
    out += kLetters[(digit * 7 + out.size()) % kLetters.size()];
  }
  return out;
}

std::string text(const json::object& object, std::string_view name) { return std::string(text_of(object, name)); }

json::object approved(const json::object& brand) {
  const bool sole = text_of(brand, "brand_type") == "SOLE_PROPRIETOR";
  const json::value* skip = brand.if_contains("skip_automatic_sec_vet");
  const bool vetted = !sole && !(skip && skip->is_bool() && skip->get_bool());
  return {{"status", "APPROVED"},
          {"tcr_id", registry_id('B')},
          {"identity_status", sole ? "UNVERIFIED" : "VERIFIED"},
          {"brand_score", vetted ? json::value(75) : json::value(nullptr)}};
}

json::object verified() {
  return {{"campaign_status", "VERIFIED"},
          {"campaign_id", registry_id('C')},
          {"rate_limits", json::object{{"att", json::object{{"mps", 240}, {"msg_class", "T"}}},
                                       {"tmobile", json::object{{"brand_tier", "LOW"}}}}}};
}

std::string_view status_property(std::string_view sid) { return sid.starts_with("QE") ? "campaign_status" : "status"; }

/// Statuses that a reviewer may choose from.
bool may_become(std::string_view sid, std::string_view status) {
  if (sid.starts_with("BN")) return status == "APPROVED" || status == "FAILED" || status == "IN_REVIEW";
  if (sid.starts_with("QE"))
    return status == "VERIFIED" || status == "FAILED" || status == "IN_PROGRESS" || status == "SUSPENDED";
  if (sid.starts_with("BU")) return status == "twilio-approved" || status == "twilio-rejected" || status == "in-review";
  return status == "TWILIO_APPROVED" || status == "TWILIO_REJECTED" || status == "IN_REVIEW";
}

}  // namespace

std::string brand_scope(std::string_view account_sid) {
  return fmt::format("{}/messaging/v1/a2p/BrandRegistrations", account_sid);
}
std::string campaign_scope(std::string_view account_sid, std::string_view service_sid) {
  return fmt::format("{}/messaging/v1/Services/{}/Compliance/Usa2p", account_sid, service_sid);
}
std::string tollfree_scope(std::string_view account_sid) {
  return fmt::format("{}/messaging/v1/Tollfree/Verifications", account_sid);
}
std::string registration_index_scope(std::string_view account_sid) {
  return fmt::format("{}/messaging/#registrations", account_sid);
}

void Registrations::start() {
  services_.ledger.on(std::string(kMove), [this](store::OutboxRow row) { return move(std::move(row)); });
}

void Registrations::review_brand(store::Transaction& transaction, const json::object& brand) {
  const std::string account = text(brand, "account_sid");
  plan(transaction, {account, brand_scope(account), text(brand, "sid"), "status"}, {{"PENDING", approved(brand)}});
}

void Registrations::review_campaign(store::Transaction& transaction, const json::object& campaign) {
  const std::string account = text(campaign, "account_sid");
  plan(transaction,
       {account, campaign_scope(account, text_of(campaign, "messaging_service_sid")), text(campaign, "sid"),
        "campaign_status"},
       {{"PENDING", {{"campaign_status", "IN_PROGRESS"}}}, {"IN_PROGRESS", verified()}});
}

void Registrations::review_tollfree(store::Transaction& transaction, const json::object& verification) {
  const std::string account = text(verification, "account_sid");
  plan(transaction, {account, tollfree_scope(account), text(verification, "sid"), "status"},
       {{"PENDING_REVIEW", {{"status", "IN_REVIEW"}}}, {"IN_REVIEW", {{"status", "TWILIO_APPROVED"}}}});
}

void Registrations::review_bundle(store::Transaction& transaction, const json::object& bundle) {
  const std::string account = text(bundle, "account_sid");
  plan(transaction, {account, bundle_scope(account), text(bundle, "sid"), "status"},
       {{"pending-review", {{"status", "in-review"}}}, {"in-review", {{"status", "twilio-approved"}}}});
}

void Registrations::review_vetting(store::Transaction& transaction, const json::object& vetting) {
  const std::string account = text(vetting, "account_sid");
  const std::string brand = text(vetting, "brand_sid");
  plan(transaction,
       {account, fmt::format("{}/{}/Vettings", brand_scope(account), brand), text(vetting, "brand_vetting_sid"),
        "vetting_status"},
       {{"PENDING", {{"vetting_status", "SUCCESS"}}}});
  plan(transaction, {account, brand_scope(account), brand, "status"},
       {{"APPROVED", {{"identity_status", "VETTED_VERIFIED"}}}});
}

void Registrations::confirm_identity(store::Transaction& transaction, const json::object& brand) {
  const std::string account = text(brand, "account_sid");
  plan(transaction, {account, brand_scope(account), text(brand, "sid"), "identity_status"},
       {{"UNVERIFIED", {{"identity_status", "VERIFIED"}}}});
}

void Registrations::plan(store::Transaction& transaction, const Place& place, std::vector<Step> steps) {
  json::array rest;
  for (Step& step : steps) {
    rest.push_back(json::object{{"from", step.from}, {"after", step.after.count()}, {"set", std::move(step.set)}});
  }
  transaction.outbox({.due = services_.clock.now() + steps.front().after,
                      .kind = std::string(kMove),
                      .subject = fmt::format("{}/{}", place.id, place.status),
                      .data = wire_json({{"account", place.account_sid},
                                         {"scope", place.scope},
                                         {"id", place.id},
                                         {"status", place.status},
                                         {"steps", std::move(rest)}})});
}

Task<> Registrations::write(store::Transaction& transaction, Place place, store::RecordPtr seen, json::object set) {
  json::object resource = stored_object(seen->value);
  const TimePoint now = services_.clock.now();
  for (auto& [name, value] : set) resource[name] = value;
  resource["date_updated"] = iso8601(now);
  transaction.require_unchanged(place.scope, seen);
  transaction.put(place.scope, place.id, wire_json(resource));
  transaction.journal({.at = now,
                       .kind = "registration.updated",
                       .account = place.account_sid,
                       .subject = place.id,
                       .data = wire_json({{place.status, text_of(resource, place.status)}})});
  if (!place.id.starts_with("QE")) co_return;
  // The service tells whether it has a campaign.
  const std::string service_sid = text(resource, "messaging_service_sid");
  const std::string services = service_scope(place.account_sid);
  if (const auto service = co_await services_.ledger.store().get(services, service_sid)) {
    json::object changed = stored_object(service->value);
    changed["us_app_to_person_registered"] = text_of(resource, "campaign_status") == "VERIFIED";
    transaction.require_unchanged(services, service);
    transaction.put(services, service_sid, wire_json(changed));
  }
}

Task<Result<>> Registrations::move(store::OutboxRow row) {
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  const json::object data = stored_object(row.data);
  const std::string status = text(data, "status");
  const Place place{text(data, "account"), text(data, "scope"), text(data, "id"), status};
  const auto record = co_await services_.ledger.store().get(place.scope, place.id);
  json::array steps = data.at("steps").as_array();
  // One that was deleted, or decided on by somebody else, goes its way no further.
  if (record && !steps.empty() &&
      text_of(stored_object(record->value), status) == text_of(steps.front().as_object(), "from")) {
    co_await write(transaction, place, record, steps.front().as_object().at("set").as_object());
    std::vector<Step> rest;
    for (std::size_t i = 1; i < steps.size(); ++i) {
      const json::object& step = steps[i].as_object();
      rest.push_back({.from = text(step, "from"),
                      .set = step.at("set").as_object(),
                      .after = Duration{step.at("after").to_number<std::int64_t>()}});
    }
    if (!rest.empty()) plan(transaction, place, std::move(rest));
  }
  co_return co_await services_.ledger.finish(std::move(transaction));
}

Task<Result<json::object>> Registrations::decide(std::string account_sid, std::string sid, Decision decision) {
  auto& store = services_.ledger.store();
  const auto index = co_await store.get(registration_index_scope(account_sid), sid);
  const auto record = index ? co_await store.get(index->value, sid) : nullptr;
  if (!record) co_return fail(kUnknown);
  if (!may_become(sid, decision.status))
    co_return fail({dialtone::errors::kBadRequest, fmt::format("status cannot become {}", decision.status)});
  const json::object before = stored_object(record->value);
  json::object set{{status_property(sid), decision.status}};
  const json::object error{{"error_code", decision.error_code}, {"description", decision.reason}};
  if (decision.status == "APPROVED") set = approved(before);
  if (decision.status == "VERIFIED") set = verified();
  if (decision.status == "FAILED") {
    set["errors"] = json::array{error};
    if (sid.starts_with("BN")) set["failure_reason"] = decision.reason;
  }
  if (decision.status == "TWILIO_REJECTED") {
    set["rejection_reason"] = decision.reason;
    set["error_code"] = decision.error_code == 0 ? json::value(nullptr) : json::value(decision.error_code);
    set["rejection_reasons"] = json::array{json::object{{"code", decision.error_code}, {"reason", decision.reason}}};
    set["edit_allowed"] = true;
    set["edit_expiration"] = iso8601(services_.clock.now() + kEditTime);
  }
  store::Transaction transaction;
  co_await write(transaction, {account_sid, index->value, sid, status_property(sid)}, record, std::move(set));
  DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
  const auto after = co_await store.get(index->value, sid);
  co_return after ? stored_object(after->value) : json::object{};
}

Task<bool> Registrations::has_campaign(std::string account_sid, std::string service_sid) {
  if (service_sid.empty()) co_return false;
  for (const auto& row :
       co_await services_.ledger.store().list({.scope = campaign_scope(account_sid, service_sid), .limit = 10})) {
    const json::object campaign = stored_object(row->value);
    const json::value* mock = campaign.if_contains("mock");
    if (text_of(campaign, "campaign_status") == "VERIFIED" && !(mock && mock->is_bool() && mock->get_bool()))
      co_return true;
  }
  co_return false;
}

Task<bool> Registrations::is_verified(std::string account_sid, std::string phone_number) {
  auto& store = services_.ledger.store();
  const auto index = co_await store.get(registration_index_scope(account_sid), phone_number);
  const auto record = index ? co_await store.get(tollfree_scope(account_sid), index->value) : nullptr;
  co_return record&& text_of(stored_object(record->value), "status") == "TWILIO_APPROVED";
}

}  // namespace dialtone::messaging
