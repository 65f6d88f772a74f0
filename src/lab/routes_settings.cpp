#include <fmt/format.h>

#include "lab/routes.hpp"
#include "webhook/url.hpp"

namespace dialtone::lab::routes {
namespace {

json::object shown(const rest::Account& account) {
  return {{"account_sid", account.sid},
          {"debugger_webhook", account.debugger_url.empty() ? json::value(nullptr) : json::value(account.debugger_url)},
          {"webhook_tls", account.verify_certificates ? "verify" : "skip"}};
}

/// Sets what the body names and leaves the rest. Nothing of a body with a mistake is taken.
Task<Result<net::Response>> set(accounts::Directory& accounts, ControlRequest& request) {
  for (const auto& [name, value] : request.body) {
    if (name == "debugger_webhook") {
      if (value.is_null()) continue;
      if (!value.is_string() || !webhook::parse_url(value.get_string()))
        co_return fail({errors::kBadRequest, "debugger_webhook must be an absolute http or https URL, or null"});
    } else if (name == "webhook_tls") {
      if (!value.is_string() || (value.get_string() != "verify" && value.get_string() != "skip"))
        co_return fail({errors::kBadRequest, "webhook_tls must be verify or skip"});
    } else {
      co_return fail({errors::kBadRequest, fmt::format("There is no setting {}", std::string_view(name))});
    }
  }
  const auto edit = [&](json::object& account) -> Result<> {
    if (const auto* url = request.body.if_contains("debugger_webhook")) {
      account["debugger_url"] = url->is_null() ? json::value("") : *url;
    }
    if (const auto* tls = request.body.if_contains("webhook_tls")) account["webhook_tls"] = *tls;
    return {};
  };
  const std::string sid = request.principal.account->sid;
  DT_CO_CHECK(co_await accounts.change(sid, edit));
  co_return json_response(shown(*accounts.find(sid)));
}

}  // namespace

void settings(Control& control, accounts::Directory& accounts) {
  control.add("GET", "/settings", [](ControlRequest& request) -> Task<Result<net::Response>> {
    co_return json_response(shown(*request.principal.account));
  });
  control.add("POST", "/settings", [&accounts](ControlRequest& request) { return set(accounts, request); });
}

}  // namespace dialtone::lab::routes
