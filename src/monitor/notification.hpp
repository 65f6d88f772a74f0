#pragma once
// Callbacks that only tell: they wait in the outbox until they were sent, and what became of them is kept.

#include <optional>

#include "monitor/alerts.hpp"

namespace dialtone::monitor {

struct Told {
  webhook::Exchange exchange;
  std::string exchange_sid;
};

/// Sends what an outbox row's `data` says: account_sid, url, params (a form), and, where it is another than POST,
/// method; token is the idempotency token, if it has one. Adds the exchange to the transaction. Nothing is sent for an
/// account that is gone.
Task<std::optional<Told>> tell(webhook::Client& client, Alerts& alerts, rest::Authenticator& accounts,
                               const json::object& data, std::string subject, std::string_view purpose,
                               store::Transaction& transaction);

/// Adds an alert when it did not get through.
void add_failure(Alerts& alerts, store::Transaction& transaction, std::string account_sid, std::string subject,
                 const std::optional<Told>& told);

}  // namespace dialtone::monitor
