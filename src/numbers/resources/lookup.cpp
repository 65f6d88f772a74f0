#include <fmt/format.h>

#include "numbers/resources/resources.hpp"

namespace dialtone::numbers::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr std::string_view kCarrier = "Dialtone";

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

/// A number in a path: its plus may be missing, or have become a space.
std::string number_of(const Context& context) {
  std::string text(context.value("PhoneNumber"));
  if (text.starts_with(' ')) text[0] = '+';
  return text;
}

bool asks(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view each = list.substr(0, comma);
    while (each.starts_with(' ')) each.remove_prefix(1);
    if (each == word) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

/// Source: Lookup v2; the fact sheet, section 10.2. What only carriers know is answered as for a number that nothing is
/// known of.
Task<Result<Reply>> v2(Context& context) {
  const Inspection facts = inspect(number_of(context), context.query.get("CountryCode"));
  const std::string_view fields = context.query.get("Fields");
  json::array errors;
  for (const auto error : facts.errors) errors.push_back(json::value(error));
  json::object out;
  out["calling_country_code"] = text_or_null(facts.calling_code);
  out["country_code"] = text_or_null(facts.country);
  out["phone_number"] = facts.e164;
  out["national_format"] = text_or_null(facts.national);
  out["valid"] = facts.valid;
  out["validation_errors"] = std::move(errors);
  for (const std::string_view name :
       {"caller_name", "sim_swap", "call_forwarding", "line_status", "line_type_intelligence", "identity_match",
        "reassigned_number", "sms_pumping_risk", "phone_number_quality_score", "pre_fill"}) {
    out[name] = nullptr;
  }
  if (facts.valid) {
    if (asks(fields, "line_type_intelligence")) {
      out["line_type_intelligence"] = {{"mobile_country_code", nullptr},
                                       {"mobile_network_code", nullptr},
                                       {"carrier_name", kCarrier},
                                       {"type", facts.line_type},
                                       {"error_code", nullptr}};
    }
    if (asks(fields, "caller_name"))
      out["caller_name"] = {{"caller_name", nullptr}, {"caller_type", "UNDETERMINED"}, {"error_code", nullptr}};
    if (asks(fields, "line_status")) out["line_status"] = {{"status", "unknown"}, {"error_code", nullptr}};
    if (asks(fields, "sim_swap")) {
      out["sim_swap"] = {{"last_sim_swap", nullptr},
                         {"carrier_name", nullptr},
                         {"mobile_country_code", nullptr},
                         {"mobile_network_code", nullptr},
                         {"error_code", 60627}};
    }
    if (asks(fields, "call_forwarding"))
      out["call_forwarding"] = {{"call_forwarding_enabled", nullptr}, {"error_code", 60627}};
    if (asks(fields, "identity_match")) {
      json::object match;
      for (const std::string_view what : {"first_name", "last_name", "address_lines", "city", "state", "postal_code",
                                          "address_country", "national_id", "date_of_birth"})
        match[fmt::format("{}_match", what)] = "no_data";
      match["summary_score"] = 0;
      match["error_code"] = nullptr;
      match["error_message"] = nullptr;
      out["identity_match"] = std::move(match);
    }
    if (asks(fields, "reassigned_number")) {
      const std::string_view date = context.query.get("LastVerifiedDate");
      out["reassigned_number"] = {{"last_verified_date", date.empty() ? json::value(nullptr) : json::value(date)},
                                  {"is_number_reassigned", "no_data_available"},
                                  {"error_code", nullptr}};
    }
    if (asks(fields, "sms_pumping_risk")) {
      out["sms_pumping_risk"] = {{"carrier_risk_category", "low"}, {"number_blocked", false},
                                 {"number_blocked_date", nullptr}, {"number_blocked_last_3_months", false},
                                 {"sms_pumping_risk_score", 0},    {"error_code", nullptr}};
    }
  }
  out["url"] = fmt::format("https://lookups.twilio.com/v2/PhoneNumbers/{}", facts.e164);
  co_return Reply{.status = 200, .body = wire_json(out)};
}

/// Source: Lookup v1; the fact sheet, section 10.2.
Task<Result<Reply>> v1(Context& context) {
  const Inspection facts = inspect(number_of(context), context.query.get("CountryCode"));
  if (!facts.valid) co_return fail(rest::not_found(context));
  const auto types = context.query.all("Type");
  const auto wants = [&](std::string_view type) { return std::ranges::find(types, type) != types.end(); };
  json::object out;
  out["caller_name"] =
      wants("caller-name")
          ? json::value{{"caller_name", nullptr}, {"caller_type", "UNDETERMINED"}, {"error_code", nullptr}}
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

rest::Resource lookup_v1() {
  return {.host = "lookups",
          .path = "/v1/PhoneNumbers/{PhoneNumber}",
          .methods = {{.method = catalogue::Method::kGet, .run = v1}}};
}

rest::Resource lookup_v2() {
  return {.host = "lookups",
          .path = "/v2/PhoneNumbers/{PhoneNumber}",
          .methods = {{.method = catalogue::Method::kGet, .run = v2}}};
}

}  // namespace dialtone::numbers::resources
