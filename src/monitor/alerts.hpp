#pragma once
// What went wrong, for the debugger: an alert names the code and keeps the exchange that caused it. Every exchange with
// a webhook is kept too, found by the message or call it was for.

#include <string>
#include <string_view>

#include "rest/context.hpp"
#include "webhook/client.hpp"

namespace dialtone::monitor {

/// `<account>/monitor/v1/Alerts`
std::string alert_scope(std::string_view account_sid);
/// `<account>/dialtone/Exchanges`
std::string exchange_scope(std::string_view account_sid);

enum class Level : std::uint8_t { kError, kWarning };

struct Alert {
  std::string account_sid;
  std::string resource_sid;  ///< the message or call
  int code = 0;
  Level level = Level::kError;
  std::string text;                             ///< one sentence for a person
  const webhook::Exchange* exchange = nullptr;  ///< what was said, if anything was
  std::string exchange_sid = {};
  std::string explanation = {};  ///< what to do about it
};

class Alerts {
 public:
  Alerts(rest::Services& services, rest::Authenticator& accounts) : services_(services), accounts_(accounts) {}

  /// Adds the alert, its journal entry (`alert.created`) and the call of the account's debugger webhook (debugger.hpp)
  /// to a transaction. Returns its SID.
  std::string add(store::Transaction& transaction, const Alert& alert);

  /// Adds the exchange and its journal entry (`webhook.completed`). `purpose`: "incoming", "status", "action",
  /// "fallback".
  std::string add_exchange(store::Transaction& transaction, std::string_view account_sid, std::string_view subject,
                           std::string_view purpose, const webhook::Exchange& exchange);

 private:
  rest::Services& services_;
  rest::Authenticator& accounts_;
};

/// Whether an account wants the certificates of its webhooks checked.
inline webhook::Certificates certificates_for(const rest::Account& account) {
  return account.verify_certificates ? webhook::Certificates::kVerify : webhook::Certificates::kAccept;
}

}  // namespace dialtone::monitor
