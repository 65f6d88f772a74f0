#include "monitor/debugger.hpp"

#include <charconv>

#include "base/form.hpp"

namespace dialtone::monitor {
namespace {

/// `a=1&b=2` as an object; of a name that repeats, the last value.
json::object object_of(std::string_view encoded) {
  json::object out;
  if (const auto pairs = form_decode(encoded)) {
    for (const auto& [name, value] : *pairs) out[name] = value;
  }
  return out;
}

}  // namespace

FormPairs debugger_params(const rest::Account& account, const json::object& alert) {
  json::object more = object_of(text_of(alert, "alert_text"));
  json::value status_code = nullptr;
  if (const std::string_view status = text_of(more, "httpResponse"); !status.empty()) {
    int number = 0;
    std::from_chars(status.data(), status.data() + status.size(), number);
    status_code = number;
  }
  json::object payload;
  payload["resource_sid"] = alert.at("resource_sid");
  payload["service_sid"] = alert.at("service_sid");
  payload["error_code"] = alert.at("error_code");
  payload["more_info"] = std::move(more);
  payload["webhook"] = nullptr;
  if (!text_of(alert, "request_url").empty()) {
    payload["webhook"] = {{"type", "application/json"},
                          {"request",
                           {{"url", alert.at("request_url")},
                            {"method", alert.at("request_method")},
                            {"headers", object_of(text_of(alert, "request_headers"))},
                            {"parameters", object_of(text_of(alert, "request_variables"))}}},
                          {"response",
                           {{"status_code", status_code},
                            {"headers", object_of(text_of(alert, "response_headers"))},
                            {"body", alert.at("response_body")}}}};
  }
  FormPairs params;
  if (account.is_subaccount()) params.emplace_back("ParentAccountSid", account.owner_sid);
  params.emplace_back("Payload", wire_json(payload));
  params.emplace_back("Level", text_of(alert, "log_level") == "error" ? "Error" : "Warning");
  params.emplace_back("Timestamp", text_of(alert, "date_created"));
  params.emplace_back("PayloadType", "application/json");
  params.emplace_back("AccountSid", account.sid);
  params.emplace_back("Sid", text_of(alert, "sid"));
  return params;
}

void Debugger::start() {
  services_.ledger.on(std::string(kDebuggerRow), [this](store::OutboxRow row) { return tell(std::move(row)); });
}

Task<Result<>> Debugger::tell(store::OutboxRow row) {
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  const auto account = accounts_.find(row.data);
  const auto record = co_await services_.ledger.store().get(alert_scope(row.data), row.subject);
  if (account && record && !account->debugger_url.empty()) {
    const json::object alert = stored_object(record->value);
    const webhook::Exchange exchange = co_await client_.send({.method = "POST",
                                                              .url = account->debugger_url,
                                                              .params = debugger_params(*account, alert),
                                                              .auth_token = account->auth_token,
                                                              .purpose = webhook::Purpose::kNotification,
                                                              .certificates = certificates_for(*account)});
    alerts_.add_exchange(transaction, account->sid, row.subject, "debugger", exchange);
  }
  co_return co_await services_.ledger.finish(std::move(transaction));
}

}  // namespace dialtone::monitor
