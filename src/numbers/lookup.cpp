#include "numbers/lookup.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>

#include "numbers/plan.hpp"

namespace dialtone::numbers {
namespace {

constexpr std::string_view kCarrier = "Dialtone";
constexpr int kNoCoverage = 60627;
constexpr std::chrono::hours kSwapPeriod{24};

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

std::optional<TimePoint> day(std::string_view yyyymmdd) {
  if (yyyymmdd.size() != 8) return std::nullopt;
  const auto parsed =
      parse_time(fmt::format("{}-{}-{}", yyyymmdd.substr(0, 4), yyyymmdd.substr(4, 2), yyyymmdd.substr(6)));
  return parsed ? std::optional(parsed->time) : std::nullopt;
}

/// How well one text fits another: the same, the beginning of it, or not.
std::string_view likeness(std::string_view asked, std::string_view known) {
  if (known.empty()) return "no_data_available";
  if (boost::algorithm::iequals(asked, known)) return "exact_match";
  return boost::algorithm::istarts_with(known, asked) || boost::algorithm::istarts_with(asked, known)
             ? "high_partial_match"
             : "no_match";
}

/// What is asked of a person, held against the phone's name; nothing else is known of anybody.
json::object identity(const LookupRequest& request, const std::optional<Subscriber>& subscriber) {
  const std::string name = subscriber ? subscriber->name : std::string();
  const std::size_t blank = name.find_last_of(' ');
  const std::string last = blank == std::string::npos ? std::string() : name.substr(blank + 1);
  const std::string first = name.substr(0, name.find(' '));
  json::object out;
  int asked = 0;
  int score = 0;
  for (const std::string_view what : {"first_name", "last_name", "address_lines", "city", "state", "postal_code",
                                      "address_country", "national_id", "date_of_birth"}) {
    const auto given = request.identity.find(what);
    std::string_view match = "no_data_available";
    if (given != request.identity.end() && !given->second.empty() && !name.empty()) {
      if (what == "first_name") match = likeness(given->second, first);
      if (what == "last_name") match = likeness(given->second, last);
    }
    if (match != "no_data_available") {
      ++asked;
      score += match == "exact_match" ? 100 : match == "high_partial_match" ? 80 : 0;
    }
    out[fmt::format("{}_match", what)] = match;
  }
  out["summary_score"] = asked == 0 ? 0 : score / asked;
  out["error_code"] = nullptr;
  out["error_message"] = nullptr;
  return out;
}

json::object sim_swap(const std::optional<Subscriber>& subscriber, std::optional<TimePoint> lost, TimePoint now) {
  json::object out{{"last_sim_swap", nullptr},
                   {"carrier_name", nullptr},
                   {"mobile_country_code", nullptr},
                   {"mobile_network_code", nullptr},
                   {"error_code", kNoCoverage}};
  if (!subscriber || !subscriber->since) return out;
  // A number that one phone lost and another got has a new SIM.
  const bool swapped = lost && *lost <= *subscriber->since;
  out["last_sim_swap"] = {
      {"last_sim_swap_date", swapped ? json::value(iso8601(*subscriber->since)) : json::value(nullptr)},
      {"swapped_period", "PT24H"},
      {"swapped_in_period", swapped && now - *subscriber->since < kSwapPeriod}};
  out["carrier_name"] = kCarrier;
  out["error_code"] = nullptr;
  return out;
}

std::string_view reassigned(const std::optional<Subscriber>& subscriber, std::optional<TimePoint> lost,
                            std::optional<TimePoint> verified) {
  if (!verified) return "no_data_available";
  if (lost && *lost >= *verified) return "yes";
  // Known since before that day was over.
  if (subscriber && subscriber->since && *subscriber->since < *verified + std::chrono::hours(24)) return "no";
  return "no_data_available";
}

}  // namespace

std::string override_scope(std::string_view account_sid, std::string_view number) {
  return fmt::format("{}/lookups/v2/PhoneNumbers/{}/Overrides", account_sid, number);
}

Task<json::object> look_up(rest::Services& services, Subscribers& subscribers, LookupRequest request) {
  const Inspection facts = inspect(request.number, request.country);
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
  const auto asks = [&](std::string_view field) {
    return std::ranges::find(request.fields, field) != request.fields.end();
  };
  const TimePoint now = services.clock.now();
  const auto subscriber = subscribers.find(facts.e164, request.account_sid);
  std::optional<TimePoint> lost;
  if (asks("sim_swap") || asks("reassigned_number") || asks("line_status"))
    lost = co_await subscribers.lost(facts.e164, request.account_sid);
  // A phone may have a number of 555…, which nobody else has.
  if (!facts.valid && !subscriber) co_return out;
  if (asks("line_type_intelligence")) {
    std::string type(facts.line_type.empty() ? std::string_view("unknown") : facts.line_type);
    if (const auto kept =
            co_await services.ledger.store().get(override_scope(request.account_sid, facts.e164), kOverridden))
      type = text_of(stored_object(kept->value), "overridden_line_type");
    out["line_type_intelligence"] = {{"mobile_country_code", nullptr},
                                     {"mobile_network_code", nullptr},
                                     {"carrier_name", kCarrier},
                                     {"type", type},
                                     {"error_code", nullptr}};
  }
  if (asks("caller_name")) {
    const bool known = subscriber && !subscriber->name.empty() && facts.country == "US";
    out["caller_name"] = {{"caller_name", known ? json::value(subscriber->name) : json::value(nullptr)},
                          {"caller_type", known ? "CONSUMER" : "UNDETERMINED"},
                          {"error_code", nullptr}};
  }
  if (asks("line_status"))
    out["line_status"] = {{"status", subscriber ? "active" : lost ? "inactive" : "unknown"}, {"error_code", nullptr}};
  if (asks("sim_swap")) out["sim_swap"] = sim_swap(subscriber, lost, now);
  if (asks("call_forwarding")) {
    out["call_forwarding"] = {{"call_forwarding_enabled", subscriber ? json::value(false) : json::value(nullptr)},
                              {"error_code", subscriber ? json::value(nullptr) : json::value(kNoCoverage)}};
  }
  if (asks("identity_match")) out["identity_match"] = identity(request, subscriber);
  if (asks("reassigned_number")) {
    const std::string& date = request.last_verified_date;
    out["reassigned_number"] = {{"last_verified_date", text_or_null(date)},
                                {"is_number_reassigned", reassigned(subscriber, lost, day(date))},
                                {"error_code", nullptr}};
  }
  if (asks("sms_pumping_risk")) {
    out["sms_pumping_risk"] = {{"carrier_risk_category", "low"}, {"number_blocked", false},
                               {"number_blocked_date", nullptr}, {"number_blocked_last_3_months", false},
                               {"sms_pumping_risk_score", 0},    {"error_code", nullptr}};
  }
  co_return out;
}

}  // namespace dialtone::numbers
