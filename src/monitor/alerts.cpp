#include "monitor/alerts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/form.hpp"
#include "base/log.hpp"
#include "monitor/debugger.hpp"
#include "monitor/exchange.hpp"
#include "webhook/explain.hpp"
#include "webhook/signature.hpp"

namespace dialtone::monitor {
namespace {

std::string joined(const webhook::Headers& headers) {
  FormPairs pairs(headers.begin(), headers.end());
  return form_encode(pairs);
}

/// What a person may do about a code. Those that say it themselves have no row.
constexpr std::array<std::pair<int, std::string_view>, 17> kExplanations{{
    {11100, "The URL must be absolute, with http or https, or relative to the document it stands in."},
    {11200, "The application did not answer with a 2xx status. Its answer is part of this alert."},
    {11201, "Nobody answered at the address. Does the application run there, and does a firewall drop its packets?"},
    {11202, "Nothing listens on that port. Is the application running, and is the port right?"},
    {11203, "The answer took too long: 15 seconds in all, unless the URL's fragment (#tt=) says otherwise."},
    {11205, "The connection broke before the answer was whole. Did the application crash?"},
    {11206, "The answer is not HTTP. Does another program listen on that port, or does it expect https?"},
    {11210, "The host name cannot be resolved. Is it spelled right?"},
    {11215, "The answers redirect too often, perhaps in a circle."},
    {11220, "No TLS connection could be made. Does the port speak https?"},
    {11235, "The certificate is for another host name."},
    {11236, "The certificate has expired."},
    {11237, "The certificate was not issued by an authority that this machine trusts."},
    {12100, "The answer is no well-formed XML."},
    {12102, "The root element of TwiML is <Response>."},
    {12300, "Answer with Content-Type text/xml for TwiML, or text/plain for a text to send back."},
    {15003, "Answer a status callback with 200 or 204; what it answers is not looked at otherwise."},
}};

std::string_view explanation_of(int code) {
  const auto* row = std::ranges::find(kExplanations, code, &std::pair<int, std::string_view>::first);
  return row == kExplanations.end() ? std::string_view{} : row->second;
}

store::RecordPtr record(const std::string& sid, const json::object& value, std::vector<store::Term> terms) {
  return std::make_shared<const store::Record>(
      store::Record{.id = sid, .value = wire_json(value), .terms = std::move(terms)});
}

/// Was the request refused for its signature? 403 is what the official middlewares answer; others say it.
bool is_refused(const webhook::Hop& hop) {
  if (!webhook::header_of(hop.request_headers, "X-Twilio-Signature")) return false;
  if (hop.status == 403) return true;
  const auto has_word = [&](std::string_view word) {
    return !std::ranges::search(hop.response_body, word, [](unsigned char a, unsigned char b) {
              return std::tolower(a) == std::tolower(b);
            }).empty();
  };
  return hop.status >= 400 && (has_word("signature") || has_word("request validation failed"));
}

/// What was signed, and what an application that takes another URL for its own would have computed.
json::object explain(const webhook::Hop& hop, const std::string& token) {
  FormPairs params;
  if (hop.method != "GET") {
    if (auto decoded = form_decode(hop.request_body)) params = std::move(*decoded);
  }
  json::array readings;
  for (const webhook::Reading& reading : webhook::other_readings(hop.url, params)) {
    readings.push_back(json::object{
        {"if", reading.what}, {"url", reading.url}, {"signature", webhook::sign(token, reading.url, reading.params)}});
  }
  json::object out;
  out["url"] = hop.url;
  out["signed_text"] = webhook::signed_text(hop.url, params);
  out["signature"] = *webhook::header_of(hop.request_headers, "X-Twilio-Signature");
  out["readings"] = std::move(readings);
  return out;
}

/// Is this a Studio flow's address, which this program answers itself?
bool is_flow(const webhook::Hop& hop) {
  return hop.url.starts_with("https://webhooks.twilio.com/") && hop.url.contains("/Flows/FW");
}

constexpr std::string_view kFlow =
    "The address is that of a Studio flow. Flows can be made and are kept, but nothing runs them yet: choose a "
    "webhook, a function or a TwiML Bin for the number.";

constexpr std::string_view kRefused =
    "The application refused the request; if it checks the signature, it takes another URL or other parameters for "
    "those "
    "that were signed. dialtone.signature holds the text that was signed, and for each other reading (scheme, host, "
    "port, slash, query, parameters) the signature that the application would have computed.";

}  // namespace

std::string alert_scope(std::string_view account_sid) { return fmt::format("{}/monitor/v1/Alerts", account_sid); }
std::string exchange_scope(std::string_view account_sid) { return fmt::format("{}/dialtone/Exchanges", account_sid); }

std::string Alerts::add(store::Transaction& transaction, const Alert& alert) {
  const TimePoint now = services_.clock.now();
  const std::string sid = services_.sids.make("NO");
  const webhook::Hop* hop = alert.exchange ? alert.exchange->last() : nullptr;
  const bool flow = hop && hop->status == 501 && is_flow(*hop);
  const std::string message = flow ? fmt::format("{}: Studio flows are not run yet", alert.text) : alert.text;
  const std::string_view level = alert.level == Level::kError ? "error" : "warning";
  FormPairs text{{"Msg", message},
                 {"sourceComponent", alert.code >= 14100 && alert.code < 14200 ? "14100" : "12000"},
                 {"ErrorCode", std::to_string(alert.code)}};
  if (hop && hop->status != 0) text.emplace_back("httpResponse", std::to_string(hop->status));
  if (hop) text.emplace_back("url", hop->url);
  text.emplace_back("LogLevel", alert.level == Level::kError ? "ERROR" : "WARN");
  const auto or_null = [](std::string value) { return value.empty() ? json::value(nullptr) : json::value(value); };
  const std::string_view explanation = flow                        ? kFlow
                                       : alert.explanation.empty() ? explanation_of(alert.code)
                                                                   : std::string_view(alert.explanation);
  json::object out;
  out["sid"] = sid;
  out["account_sid"] = alert.account_sid;
  out["alert_text"] = form_encode(text);
  out["api_version"] = "2010-04-01";
  out["date_created"] = iso8601(now);
  out["date_generated"] = iso8601(now);
  out["date_updated"] = iso8601(now);
  out["error_code"] = std::to_string(alert.code);
  out["log_level"] = level;
  out["more_info"] = fmt::format("https://www.twilio.com/docs/errors/{}", alert.code);
  out["request_method"] = hop ? json::value(hop->method) : json::value(nullptr);
  out["request_url"] = hop ? json::value(hop->url) : json::value(nullptr);
  out["request_variables"] = hop ? json::value(printable(hop->request_body)) : json::value(nullptr);
  out["request_headers"] = hop ? json::value(joined(hop->request_headers)) : json::value(nullptr);
  out["response_headers"] = hop ? json::value(joined(hop->response_headers)) : json::value(nullptr);
  out["response_body"] = hop ? json::value(printable(hop->response_body)) : json::value(nullptr);
  out["resource_sid"] = or_null(alert.resource_sid);
  out["service_sid"] = nullptr;
  out["url"] = fmt::format("https://monitor.twilio.com/v1/Alerts/{}", sid);
  // Beyond Twilio's: what a person needs, and where the whole exchange lies.
  out["dialtone"] = {{"message", message}, {"explanation", explanation}, {"exchange_sid", or_null(alert.exchange_sid)}};
  if (const auto account = accounts_.find(alert.account_sid); account && hop && is_refused(*hop)) {
    json::object& ours = out["dialtone"].get_object();
    if (alert.explanation.empty()) ours["explanation"] = kRefused;
    ours["signature"] = explain(*hop, account->auth_token);
  }
  transaction.put(alert_scope(alert.account_sid), record(sid, out, {{"resource", alert.resource_sid}}));
  transaction.journal({.at = now,
                       .kind = "alert.created",
                       .account = alert.account_sid,
                       .subject = sid,
                       .data = wire_json({{"error_code", alert.code},
                                          {"log_level", level},
                                          {"message", message},
                                          {"resource_sid", alert.resource_sid}})});
  if (const auto account = accounts_.find(alert.account_sid); account && !account->debugger_url.empty()) {
    transaction.outbox({.due = now, .kind = std::string(kDebuggerRow), .subject = sid, .data = alert.account_sid});
  }
  log::warn("alert", {{"code", alert.code},
                      {"text", message},
                      {"url", hop ? std::string_view(hop->url) : std::string_view{}},
                      {"resource", alert.resource_sid},
                      {"alert", sid}});
  return sid;
}

std::string Alerts::add_exchange(store::Transaction& transaction, std::string_view account_sid,
                                 std::string_view subject, std::string_view purpose,
                                 const webhook::Exchange& exchange) {
  const TimePoint now = services_.clock.now();
  const std::string sid = services_.sids.make("EX");
  transaction.put(
      exchange_scope(account_sid),
      store::Record{
          .id = sid,
          .value = exchange_json(
              exchange, {.sid = sid, .account_sid = account_sid, .subject = subject, .purpose = purpose, .at = now}),
          .terms = {{"subject", std::string(subject)}}});
  const webhook::Hop* hop = exchange.last();
  std::string data = "{\"exchange_sid\": ";
  append_json_string(data, sid);
  data += ", \"purpose\": ";
  append_json_string(data, purpose);
  data += ", \"url\": ";
  hop ? append_json_string(data, printable(hop->url)) : void(data += "null");
  fmt::format_to(std::back_inserter(data), ", \"status\": {}, \"error_code\": ", hop ? hop->status : 0);
  exchange.error ? void(data += std::to_string(exchange.error->code)) : void(data += "null");
  data += '}';
  transaction.journal({.at = now,
                       .kind = "webhook.completed",
                       .account = std::string(account_sid),
                       .subject = std::string(subject),
                       .data = std::move(data)});
  return sid;
}

}  // namespace dialtone::monitor
