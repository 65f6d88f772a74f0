#include <set>

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>

#include "lab/message_search.hpp"
#include "lab/routes.hpp"
#include "messaging/numbers.hpp"

namespace dialtone::lab::routes {
namespace {

constexpr std::size_t kScanMax = 5000;
constexpr std::size_t kMessagesMax = 8;
constexpr std::size_t kOthersMax = 6;
constexpr std::size_t kQueryMin = 2;
constexpr std::size_t kCallsScanMax = 500;  ///< the newest, whose numbers are looked at
constexpr std::size_t kServicesMax = 200;   ///< of functions, that are looked into

std::string digits_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= '0' && c <= '9') out += c;
  }
  return out;
}

struct Found {
  json::array rows;
  void add(std::string_view kind, std::string_view sid, std::string_view title, std::string_view detail) {
    rows.push_back(json::object{{"kind", kind}, {"sid", sid}, {"title", title}, {"detail", detail}});
  }
};

/// Resources by name: their scope below the account, what they are called, which members are shown and searched.
struct Place {
  std::string_view kind;
  std::string_view scope;
  std::string_view title;
  std::string_view detail;
};
constexpr std::array<Place, 7> kPlaces{{{"number", "api/IncomingPhoneNumbers", "phone_number", "friendly_name"},
                                        {"short_code", "api/SMS/ShortCodes", "short_code", "friendly_name"},
                                        {"caller_id", "api/OutgoingCallerIds", "phone_number", "friendly_name"},
                                        {"application", "api/Applications", "friendly_name", "sid"},
                                        {"messaging_service", "messaging/v1/Services", "friendly_name", "sid"},
                                        {"function_service", "serverless/v1/Services", "unique_name", "friendly_name"},
                                        {"bin", "dialtone/Bins", "friendly_name", "sid"}}};

constexpr std::string_view kFunctionServices = "serverless/v1/Services";
/// What lies in a service of functions and has a SID of its own.
constexpr std::array<std::string_view, 4> kInFunctionService{"Functions", "Assets", "Environments", "Builds"};
/// And what lies in those.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kFurtherIn{{{"Functions", "Versions"},
                                                                                   {"Assets", "Versions"},
                                                                                   {"Environments", "Variables"},
                                                                                   {"Environments", "Deployments"}}};
constexpr auto kFetchMax = std::chrono::minutes(10);  ///< media are younger than their message by no more

/// Is there something with that SID in one of the service's functions, assets or environments?
Task<bool> lies_further_in(store::Store& store, std::string service_scope, std::string sid) {
  for (const auto& [kind, what] : kFurtherIn) {
    for (const auto& row : co_await store.list({.scope = fmt::format("{}/{}", service_scope, kind), .limit = 500})) {
      if (co_await store.get(fmt::format("{}/{}/{}/{}", service_scope, kind, row->id, what), sid)) co_return true;
    }
  }
  co_return false;
}

/// Something of a service of functions leads to that service.
Task<> search_functions(store::Store& store, std::string account, std::string sid, Found& found) {
  for (const auto& service :
       co_await store.list({.scope = fmt::format("{}/{}", account, kFunctionServices), .limit = kServicesMax})) {
    for (const std::string_view kind : kInFunctionService) {
      const auto record =
          co_await store.get(fmt::format("{}/{}/{}/{}", account, kFunctionServices, service->id, kind), sid);
      if (!record) continue;
      const json::object resource = stored_object(std::string_view(record->value).substr(0, record->value.find('\0')));
      const std::string_view name = text_of(resource, "friendly_name");
      found.add("function_service", service->id, name.empty() ? text_of(resource, "unique_name") : name, sid);
      co_return;
    }
    if (co_await lies_further_in(store, fmt::format("{}/{}/{}", account, kFunctionServices, service->id), sid)) {
      found.add("function_service", service->id, sid, sid);
      co_return;
    }
  }
}

/// A picture leads to its message, which was made shortly before it.
Task<> search_media(store::Store& store, std::string account, std::string sid, Found& found) {
  const auto made = time_of_sid(sid);
  if (!made) co_return;
  MessageScan scan(store, account, {.since = *made - kFetchMax, .until = *made + std::chrono::seconds(1)}, {});
  while (const auto each = co_await scan.next(kScanMax)) {
    const auto& message = each->message;
    if (message.num_media == 0 || !co_await store.get(messaging::media_scope(account, message.sid), sid)) continue;
    found.add("message", message.sid, fmt::format("{} → {}", message.from, message.to), sid);
    co_return;
  }
}

std::string call_scope(std::string_view account) { return fmt::format("{}/api/Calls", account); }

void add_call(Found& found, const store::Record& record) {
  const json::object call = stored_object(record.value);
  found.add("call", record.id, fmt::format("{} → {}", text_of(call, "from"), text_of(call, "to")),
            text_of(call, "status"));
}

/// Calls from or to a number with these digits.
Task<> search_calls(store::Store& store, std::string account, std::string digits, Found& found) {
  std::size_t count = 0;
  for (const auto& row : co_await store.list({.scope = call_scope(account), .limit = kCallsScanMax})) {
    const json::object call = stored_object(row->value);
    if (!text_of(call, "from").contains(digits) && !text_of(call, "to").contains(digits)) continue;
    add_call(found, *row);
    if (++count == kOthersMax) co_return;
  }
}

/// How a number can have been written: with all its digits, or as in North America.
std::vector<std::string> numbers_of(const std::string& digits) {
  std::vector<std::string> out{"+" + digits};
  if (digits.size() == 10) out.push_back("+1" + digits);
  return out;
}

Task<Result<net::Response>> search(ControlRequest& request, rest::Services& services,
                                   carrier::handset::Handsets& handsets) {
  auto& store = services.ledger.store();
  const std::string account = request.principal.account->sid;
  const std::string wanted = boost::algorithm::trim_copy(std::string(request.query.get("q")));
  Found found;
  if (wanted.size() < kQueryMin) co_return json_response(json::object{{"results", std::move(found.rows)}});
  const std::string digits = digits_of(wanted);
  const bool is_number = digits.size() >= 3 && wanted.find_first_not_of("+0123456789 ()-.") == std::string::npos;

  if (is_sid(wanted)) {
    if (const auto alert = co_await store.get(monitor::alert_scope(account), wanted)) {
      found.add("alert", wanted, "Alert", text_of(stored_object(alert->value), "error_code"));
    }
    if (const auto exchange = co_await store.get(monitor::exchange_scope(account), wanted)) {
      const json::object row = stored_object(exchange->value);
      found.add("message", text_of(row, "subject"), "Webhook exchange", text_of(row, "purpose"));
    }
    if (wanted == account) found.add("account", wanted, "This account", wanted);
    if (const auto call = co_await store.get(call_scope(account), wanted)) add_call(found, *call);
    if (wanted.starts_with('Z')) co_await search_functions(store, account, wanted, found);
    if (wanted.starts_with("ME")) co_await search_media(store, account, wanted, found);
  }
  for (const Place& place : kPlaces) {
    const auto rows = co_await store.list({.scope = fmt::format("{}/{}", account, place.scope), .limit = 500});
    std::size_t count = 0;
    for (const auto& row : rows) {
      const json::object resource =
          json::parse(std::string_view(row->value).substr(0, row->value.find('\0'))).as_object();
      const std::string_view title = text_of(resource, place.title);
      const std::string_view detail = text_of(resource, place.detail);
      const bool fits = row->id == wanted || boost::algorithm::icontains(title, is_number ? digits : wanted) ||
                        boost::algorithm::icontains(detail, wanted);
      if (fits && count++ < kOthersMax) found.add(place.kind, row->id, title, detail);
    }
  }
  std::size_t phones = 0;
  for (const auto& handset : handsets.list(account)) {
    const std::string_view number = text_of(handset, "number");
    const std::string_view name = text_of(handset, "name");
    const bool fits =
        (is_number && number.find(digits) != std::string_view::npos) || boost::algorithm::icontains(name, wanted);
    if (fits && phones++ < kOthersMax) found.add("handset", number, name, number);
  }
  if (is_number) co_await search_calls(store, account, digits, found);
  // A SID is looked up; a number that is known in full is found by the index; all else is looked for in the texts.
  if (is_sid(wanted)) {
    if (const auto record = co_await store.get(messaging::message_scope(account), wanted)) {
      const auto message = messaging::from_record(*record);
      found.add("message", wanted, fmt::format("{} → {}", message.from, message.to), message.body);
    }
    co_return json_response(json::object{{"results", std::move(found.rows)}});
  }
  std::vector<MessageSearch> passes;
  if (is_number) {
    for (const std::string& number : numbers_of(digits)) {
      passes.push_back({.to = number});
      passes.push_back({.from = number});
    }
  }
  passes.push_back({.text = wanted});
  std::set<std::string> shown;
  for (const MessageSearch& by : passes) {
    MessageScan scan(store, account, by, {});
    while (shown.size() < kMessagesMax) {
      const auto each = co_await scan.next(kScanMax);
      if (!each) break;
      if (!shown.insert(each->message.sid).second) continue;
      found.add("message", each->message.sid, fmt::format("{} → {}", each->message.from, each->message.to),
                each->message.body);
    }
  }
  co_return json_response(json::object{{"results", std::move(found.rows)}});
}

}  // namespace

void search(Control& control, rest::Services& services, carrier::handset::Handsets& handsets) {
  control.add("GET", "/search", [&](ControlRequest& request) { return search(request, services, handsets); });
}

}  // namespace dialtone::lab::routes
