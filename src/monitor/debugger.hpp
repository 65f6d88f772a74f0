#pragma once
// The debugger webhook: an account's application is told of each of its alerts. On Twilio its URL is set in the
// console; here with the control API's settings. What fails on the way is recorded as an exchange and is no alert of
// its own.

#include "monitor/alerts.hpp"

namespace dialtone::monitor {

inline constexpr std::string_view kDebuggerRow = "webhook.debugger";

class Debugger {
 public:
  Debugger(rest::Services& services, rest::Authenticator& accounts, Alerts& alerts, webhook::Client& client)
      : services_(services), accounts_(accounts), alerts_(alerts), client_(client) {}
  /// Registers with the outbox. Call once, before the ledger starts.
  void start();

 private:
  Task<Result<>> tell(store::OutboxRow row);

  rest::Services& services_;
  rest::Authenticator& accounts_;
  Alerts& alerts_;
  webhook::Client& client_;
};

/// Parameters of the request, made of an alert's record. Source: the fact sheet, section 4.5.
FormPairs debugger_params(const rest::Account& account, const json::object& alert);

}  // namespace dialtone::monitor
