#include "monitor/notification.hpp"

#include "base/form.hpp"
#include "base/json.hpp"

namespace dialtone::monitor {

Task<std::optional<Told>> tell(webhook::Client& client, Alerts& alerts, rest::Authenticator& accounts,
                               const json::object& data, std::string subject, std::string_view purpose,
                               store::Transaction& transaction) {
  const auto account = accounts.find(text_of(data, "account_sid"));
  auto params = form_decode(text_of(data, "params"));
  if (!account || !params) co_return std::nullopt;
  const std::string_view method = text_of(data, "method");
  Told out{.exchange = co_await client.send({.method = std::string(method.empty() ? "POST" : method),
                                             .url = std::string(text_of(data, "url")),
                                             .params = std::move(*params),
                                             .auth_token = account->auth_token,
                                             .idempotency_token = std::string(text_of(data, "token")),
                                             .purpose = webhook::Purpose::kNotification,
                                             .certificates = certificates_for(*account)}),
           .exchange_sid = {}};
  out.exchange_sid = alerts.add_exchange(transaction, account->sid, subject, purpose, out.exchange);
  co_return out;
}

void add_failure(Alerts& alerts, store::Transaction& transaction, std::string account_sid, std::string subject,
                 const std::optional<Told>& told) {
  if (!told || told->exchange.ok()) return;
  alerts.add(transaction, {.account_sid = std::move(account_sid),
                           .resource_sid = std::move(subject),
                           .code = told->exchange.error->code,
                           .text = told->exchange.error->message,
                           .exchange = &told->exchange,
                           .exchange_sid = told->exchange_sid});
}

}  // namespace dialtone::monitor
