#include <map>

#include <fmt/format.h>

#include "base/form.hpp"
#include "lab/routes.hpp"

namespace dialtone::lab::routes {
namespace {

constexpr std::size_t kAlertsMax = 5000;  ///< newest ones that are grouped
constexpr std::size_t kBatch = 500;

std::string_view path_of(std::string_view url) { return url.substr(0, url.find_first_of("?#")); }

/// Alerts that say the same of the same address are one row.
Task<Result<net::Response>> groups(ControlRequest& request, rest::Services& services) {
  struct Group {
    json::object row;
    std::size_t count = 0;
  };
  std::map<std::string, Group> found;
  std::vector<const Group*> order;
  const std::string_view code = request.query.get("code");
  const std::string_view level = request.query.get("level");
  store::ListQuery query{.scope = monitor::alert_scope(request.principal.account->sid), .limit = kBatch};
  std::size_t looked = 0;
  bool more = true;
  while (more && looked < kAlertsMax) {
    const auto rows = co_await services.ledger.store().list(query);
    for (const auto& row : rows) {
      const json::object alert = stored_object(row->value);
      if (!code.empty() && text_of(alert, "error_code") != code) continue;
      if (!level.empty() && text_of(alert, "log_level") != level) continue;
      const json::object& ours = alert.at("dialtone").as_object();
      const std::string key = fmt::format("{} {} {}", text_of(alert, "error_code"), text_of(ours, "message"),
                                          path_of(text_of(alert, "request_url")));
      Group& group = found[key];
      if (group.count++ == 0) {
        group.row = {{"error_code", text_of(alert, "error_code")},
                     {"log_level", text_of(alert, "log_level")},
                     {"message", text_of(ours, "message")},
                     {"explanation", text_of(ours, "explanation")},
                     {"more_info", text_of(alert, "more_info")},
                     {"request_url", alert.at("request_url")},
                     {"last_sid", row->id},
                     {"last_at", text_of(alert, "date_created")}};
        order.push_back(&group);
      }
      group.row["first_sid"] = row->id;
      group.row["first_at"] = text_of(alert, "date_created");
    }
    looked += rows.size();
    more = rows.size() == kBatch;
    if (more) query.after = rows.back()->id;
  }
  json::array out;
  for (const Group* group : order) {
    json::object row = group->row;
    row["count"] = group->count;
    out.push_back(std::move(row));
  }
  co_return json_response(json::object{{"groups", std::move(out)}, {"complete", !more}});
}

/// The parts of a stored request that are sent again; what the client adds itself is left out.
webhook::Call call_of(const json::object& sent, std::string auth_token) {
  webhook::Call call;
  call.method = text_of(sent, "method");
  call.url = text_of(sent, "url");
  call.auth_token = std::move(auth_token);
  std::string type;
  for (const json::value& pair : sent.at("headers").as_array()) {
    const std::string name(pair.at(0).as_string());
    if (name == "Content-Type") type = pair.at(1).as_string();
    if (name == "I-Twilio-Idempotency-Token") call.idempotency_token = pair.at(1).as_string();
  }
  const std::string_view body = text_of(sent, "body");
  if (type.starts_with("application/x-www-form-urlencoded")) {
    if (auto pairs = form_decode(body)) call.params = std::move(*pairs);
  } else if (!body.empty()) {
    call.body = webhook::Body{.content_type = type, .bytes = std::string(body)};
  }
  return call;
}

Task<Result<net::Response>> replay(ControlRequest& request, rest::Services& services, webhook::Client& client,
                                   monitor::Alerts& alerts) {
  const auto account = request.principal.account;
  const auto record = co_await services.ledger.store().get(monitor::exchange_scope(account->sid), request.value("sid"));
  if (!record) co_return fail({errors::kNotFound, fmt::format("There is no exchange {}", request.value("sid"))});
  const json::object before = stored_object(record->value);
  const json::array& hops = before.at("hops").as_array();
  if (hops.empty()) co_return fail({errors::kBadRequest, "That exchange sent nothing: its URL could not be used"});
  const auto exchange =
      co_await client.send(call_of(hops.front().as_object().at("request").as_object(), account->auth_token));
  store::Transaction transaction;
  const std::string sid =
      alerts.add_exchange(transaction, account->sid, text_of(before, "subject"), "replay", exchange);
  DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
  const auto made = co_await services.ledger.store().get(monitor::exchange_scope(account->sid), sid);
  co_return net::Response::json(201, made->value);
}

}  // namespace

void debugger(Control& control, rest::Services& services, webhook::Client& client, monitor::Alerts& alerts) {
  control.add("GET", "/alerts/groups", [&services](ControlRequest& request) { return groups(request, services); });
  control.add("POST", "/exchanges/{sid}/replay", [&services, &client, &alerts](ControlRequest& request) {
    return replay(request, services, client, alerts);
  });
}

}  // namespace dialtone::lab::routes
