#pragma once
// Webhooks of a Verify service: an application is told of its users' factors and challenges. What is told is committed
// with what happened, and waits in the outbox until it was sent. Source: Verify Push Webhooks; error dictionary, 60330.

#include <string>
#include <string_view>
#include <vector>

#include "base/form.hpp"
#include "monitor/notification.hpp"
#include "rest/context.hpp"
#include "webhook/client.hpp"

namespace dialtone::verify {

inline constexpr std::size_t kWebhooksMax = 100;  ///< of a service

/// A subscription that wants to know of an event.
struct Hook {
  std::string sid;
  std::string url;
  std::string method;
  bool details = true;  ///< version v2
};

class Webhooks {
 public:
  Webhooks(rest::Services& services, rest::Authenticator& accounts, monitor::Alerts& alerts, webhook::Client& client)
      : services_(services), accounts_(accounts), alerts_(alerts), client_(client) {}
  /// Registers with the outbox. Call once, before the ledger starts.
  void start();

  /// Who is to be told of an event (`factor.created`) of the service.
  Task<std::vector<Hook>> of(std::string account_sid, std::string service_sid, std::string event);

  /// Adds the telling of them to a transaction. `factor` and `challenge` (null: none) are the resources as they are
  /// kept.
  static void tell(store::Transaction& transaction, const std::vector<Hook>& hooks, std::string_view event,
                   const json::object& factor, const json::object* challenge, TimePoint now);

 private:
  Task<Result<>> send(store::OutboxRow row);

  rest::Services& services_;
  rest::Authenticator& accounts_;
  monitor::Alerts& alerts_;
  webhook::Client& client_;
};

/// `<account>/verify/v2/Services/<service>/Webhooks`
std::string webhook_scope(std::string_view account_sid, std::string_view service_sid);

}  // namespace dialtone::verify
