#include "numbers/lookup.hpp"

#include <array>

#include <fmt/format.h>

#include "numbers/resources/resources.hpp"
#include "rest/values.hpp"

// Lookup v1 and v2, many numbers at once, and an account's own line types. Source: Lookup v1 and v2; the fact sheet,
// section 10.2.

namespace dialtone::numbers::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

constexpr std::string_view kCarrier = "Dialtone";
constexpr std::size_t kBatchMax = 1000;
constexpr std::array<std::string_view, 12> kLineTypes{"mobile",       "landline", "tollFree", "fixedVoip",
                                                      "nonFixedVoip", "personal", "premium",  "voicemail",
                                                      "sharedCost",   "uan",      "pager",    "unknown"};

/// A number in a path: its plus may be missing, or have become a space.
std::string number_of(const Context& context) {
  std::string text(context.value("PhoneNumber"));
  if (text.starts_with(' ')) text[0] = '+';
  return text;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view each = list.substr(0, comma);
    while (each.starts_with(' ')) each.remove_prefix(1);
    while (each.ends_with(' ')) each.remove_suffix(1);
    if (!each.empty()) out.emplace_back(each);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return out;
}

Task<Result<Reply>> v2(rest::Services& services, Subscribers& subscribers, Context& context) {
  const auto asked = [&](std::string_view name) { return std::string(context.query.get(name)); };
  LookupRequest request{.account_sid = context.account->sid,
                        .number = number_of(context),
                        .country = asked("CountryCode"),
                        .fields = split(context.query.get("Fields")),
                        .last_verified_date = asked("LastVerifiedDate")};
  for (const auto& [name, parameter] : {std::pair{"first_name", "FirstName"},
                                        {"last_name", "LastName"},
                                        {"address_lines", "AddressLine1"},
                                        {"city", "City"},
                                        {"state", "State"},
                                        {"postal_code", "PostalCode"},
                                        {"address_country", "AddressCountryCode"},
                                        {"national_id", "NationalId"},
                                        {"date_of_birth", "DateOfBirth"}})
    request.identity[name] = asked(parameter);
  json::object out = co_await look_up(services, subscribers, std::move(request));
  out["url"] = fmt::format("https://lookups.twilio.com/v2/PhoneNumbers/{}",
                           std::string_view(out.at("phone_number").as_string()));
  co_return Reply{.status = 200, .body = wire_json(out)};
}

const json::object& member(const json::object& object, std::string_view name) {
  static const json::object kNone;
  const json::value* value = object.if_contains(name);
  return value && value->is_object() ? value->get_object() : kNone;
}

/// What is not known is left out here, where the schemas know no null.
void add_known(json::object& out, const json::object& all) {
  for (const auto& [name, value] : all) {
    if (value.is_null()) continue;
    if (value.is_object()) {
      json::object inner;
      add_known(inner, value.get_object());
      out[name] = std::move(inner);
    } else {
      out[name] = value;
    }
  }
}

/// POST /v2/batch/query: the answers stand in the order of the questions.
Task<Result<Reply>> batch(rest::Services& services, Subscribers& subscribers, Context& context) {
  const json::value* list = context.body.is_object() ? context.body.get_object().if_contains("phone_numbers") : nullptr;
  if (!list || !list->is_array() || list->get_array().empty() || list->get_array().size() > kBatchMax)
    co_return fail({errors::kBadRequest, fmt::format("phone_numbers must be a list of 1 to {} numbers", kBatchMax)});
  json::array answers;
  for (const json::value& each : list->get_array()) {
    if (!each.is_object() || text_of(each.get_object(), "phone_number").empty())
      co_return fail({errors::kBadRequest, "Each of phone_numbers needs a phone_number"});
    const json::object& asked = each.get_object();
    LookupRequest request{
        .account_sid = context.account->sid,
        .number = std::string(text_of(asked, "phone_number")),
        .country = std::string(text_of(asked, "country_code")),
        .fields = {},
        .last_verified_date = std::string(text_of(member(asked, "reassigned_number"), "last_verified_date"))};
    if (const json::value* fields = asked.if_contains("fields"); fields && fields->is_array()) {
      for (const json::value& field : fields->get_array()) {
        if (field.is_string()) request.fields.emplace_back(field.get_string());
      }
    }
    const json::object& identity = member(asked, "identity_match");
    for (const auto& [name, key] : {std::pair{"first_name", "first_name"},
                                    {"last_name", "last_name"},
                                    {"address_lines", "address_line1"},
                                    {"city", "city"},
                                    {"state", "state"},
                                    {"postal_code", "postal_code"},
                                    {"address_country", "address_country_code"},
                                    {"national_id", "national_id"},
                                    {"date_of_birth", "date_of_birth"}})
      request.identity[name] = text_of(identity, key);
    json::object answer;
    if (const auto id = text_of(asked, "correlation_id"); !id.empty()) answer["correlation_id"] = id;
    add_known(answer, co_await look_up(services, subscribers, std::move(request)));
    answers.push_back(std::move(answer));
  }
  co_return Reply{.status = 200, .body = wire_json({{"phone_numbers", std::move(answers)}})};
}

/// An override's field and number; the field must be one that can be overridden. Error: 20001.
Result<std::string> overridden_number(const Context& context) {
  if (context.value("Field") != kOverridden)
    return fail({errors::kBadRequest, fmt::format("Only {} can be overridden", kOverridden)});
  const Inspection facts = inspect(number_of(context), {});
  if (!facts.valid) return fail({errors::kBadRequest, "Invalid phone number"});
  return facts.e164;
}

Task<Result<Reply>> write_override(rest::Services& services, Context& context) {
  DT_CO_TRY(const std::string number, overridden_number(context));
  const json::object none;
  const json::object& body = context.body.is_object() ? context.body.get_object() : none;
  const std::string_view type = text_of(body, "line_type");
  if (std::ranges::find(kLineTypes, type) == kLineTypes.end())
    co_return fail({errors::kBadRequest, fmt::format("line_type must be one of {}", fmt::join(kLineTypes, ", "))});
  const std::string scope = override_scope(context.account->sid, number);
  const bool creates = context.operation.method() == Method::kPost;
  if (!creates && !co_await services.ledger.store().get(scope, kOverridden)) co_return fail(rest::not_found(context));
  const TimePoint now = services.clock.now();
  json::object kept{{"phone_number", number},
                    {"original_line_type", inspect(number, {}).line_type},
                    {"overridden_line_type", type},
                    {"override_reason", text_of(body, "reason")},
                    {"override_timestamp", iso8601(now)},
                    {"overridden_by_account_sid", context.account->sid}};
  store::Transaction transaction;
  transaction.put(scope, kOverridden, wire_json(kept));
  DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
  co_return Reply{.status = creates ? 201 : 200, .body = wire_json(kept)};
}

Task<Result<Reply>> fetch_override(rest::Services& services, Context& context) {
  DT_CO_TRY(const std::string number, overridden_number(context));
  const auto kept = co_await services.ledger.store().get(override_scope(context.account->sid, number), kOverridden);
  if (!kept) co_return fail(rest::not_found(context));
  co_return Reply{.status = 200, .body = kept->value};
}

Task<Result<Reply>> remove_override(rest::Services& services, Context& context) {
  DT_CO_TRY(const std::string number, overridden_number(context));
  const std::string scope = override_scope(context.account->sid, number);
  if (!co_await services.ledger.store().get(scope, kOverridden)) co_return fail(rest::not_found(context));
  store::Transaction transaction;
  transaction.erase(scope, std::string(kOverridden));
  DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
  co_return Reply{.status = 204, .body = {}};
}

Task<Result<Reply>> v1(Subscribers& subscribers, Context& context) {
  const Inspection facts = inspect(number_of(context), context.query.get("CountryCode"));
  const auto subscriber = subscribers.find(facts.e164, context.account->sid);
  if (!facts.valid && !subscriber) co_return fail(rest::not_found(context));
  const auto types = context.query.all("Type");
  const auto wants = [&](std::string_view type) { return std::ranges::find(types, type) != types.end(); };
  const bool named = subscriber && !subscriber->name.empty() && facts.country == "US";
  json::object out;
  out["caller_name"] = wants("caller-name")
                           ? json::value{{"caller_name", named ? json::value(subscriber->name) : json::value(nullptr)},
                                         {"caller_type", named ? "CONSUMER" : "UNDETERMINED"},
                                         {"error_code", nullptr}}
                           : json::value(nullptr);
  const std::string_view type = facts.line_type == "mobile" || facts.line_type == "landline" ? facts.line_type : "voip";
  out["carrier"] = wants("carrier") ? json::value{{"mobile_country_code", nullptr},
                                                  {"mobile_network_code", nullptr},
                                                  {"name", kCarrier},
                                                  {"type", type},
                                                  {"error_code", nullptr}}
                                    : json::value(nullptr);
  out["country_code"] = facts.country;
  out["phone_number"] = facts.e164;
  out["national_format"] = facts.national;
  out["add_ons"] = nullptr;
  out["url"] = fmt::format("https://lookups.twilio.com/v1/PhoneNumbers/{}", facts.e164);
  co_return Reply{.status = 200, .body = wire_json(out)};
}

}  // namespace

void add_lookup(rest::Engine& engine, rest::Services& services, Subscribers& subscribers) {
  const rest::Resource second{.host = "lookups",
                              .path = "/v2/PhoneNumbers/{PhoneNumber}",
                              .methods = {{.method = Method::kGet, .run = [&](Context& context) {
                                             return v2(services, subscribers, context);
                                           }}}};
  engine.add(second);
  engine.add_for_test_credentials(second);
  engine.add(
      {.host = "lookups",
       .path = "/v1/PhoneNumbers/{PhoneNumber}",
       .methods = {{.method = Method::kGet, .run = [&](Context& context) { return v1(subscribers, context); }}}});
  engine.add({.host = "lookups",
              .path = "/v2/batch/query",
              .methods = {{.method = Method::kPost,
                           .run = [&](Context& context) { return batch(services, subscribers, context); },
                           .validates = true}}});
  const auto written = [&](Context& context) { return write_override(services, context); };
  engine.add(
      {.host = "lookups",
       .path = "/v2/PhoneNumbers/{PhoneNumber}/Overrides/{Field}",
       .methods = {
           {.method = Method::kGet, .run = [&](Context& context) { return fetch_override(services, context); }},
           {.method = Method::kPost, .run = written, .validates = true},
           {.method = Method::kPut, .run = written, .validates = true},
           {.method = Method::kDelete, .run = [&](Context& context) { return remove_override(services, context); }}}});
}

}  // namespace dialtone::numbers::resources
