#pragma once
// The door of *.twil.io: what is deployed at a domain answers here. A request is checked before any user code sees it;
// assets are answered by us, functions by a worker. What goes wrong becomes an alert (82001, 82002, 82008).

#include <string>
#include <string_view>
#include <unordered_map>

#include "functions/deployed.hpp"
#include "functions/sandboxes.hpp"
#include "functions/workers.hpp"
#include "monitor/alerts.hpp"
#include "net/http.hpp"
#include "rest/context.hpp"

namespace dialtone::functions {

inline constexpr std::size_t kRequestBytesMax = 1024 * 1024;  ///< headers and body
inline constexpr int kConcurrentMax = 30;                     ///< invocations of one environment

struct GatewayOptions {
  SandboxSettings sandbox;
  WorkerLimits limits = {};
  /// Functions run also where no sandbox can be made.
  bool allow_unsandboxed = false;
};

class Gateway {
 public:
  Gateway(rest::Services& services, const rest::Authenticator& accounts, monitor::Alerts& alerts,
          Deployments& deployments, GatewayOptions options);

  /// Where workers reach Twilio's hosts: our own listener. Then tries whether sandboxes can be made, and says so if
  /// not. Called once the listener is there.
  Task<> start(std::string host, std::uint16_t port, std::string ca_file);
  /// Ends all workers; what they hold is answered.
  void stop() { workers_.stop(); }

  /// Answers a request to `<domain>.twil.io`; `domain` without what stands for the platform is enough.
  Task<net::Response> handle(net::Request& request, std::string_view domain);

  [[nodiscard]] bool sandboxed() const { return sandboxes_.settings().sandboxed; }
  [[nodiscard]] Workers::Counts counts() const { return workers_.counts(); }

 private:
  struct Visit;
  Task<net::Response> function(Visit& visit);
  net::Response asset(Visit& visit);
  net::Response failed(Visit& visit, int status, std::string_view text);
  net::Response ended(Visit& visit, const Outcome& outcome);
  [[nodiscard]] bool is_signed(const Visit& visit, const EventParts& parts) const;
  void log(const Visit& visit, LogLine::Level level, std::string text);
  void alert(const Visit& visit, int code, std::string text, const net::Response& response);
  Task<> keep(monitor::Alert alert, webhook::Exchange exchange);

  rest::Services& services_;
  const rest::Authenticator& accounts_;
  monitor::Alerts& alerts_;
  Deployments& deployments_;
  const bool allow_unsandboxed_;
  Sandboxes sandboxes_;
  Workers workers_;
  std::unordered_map<std::string, int> running_;  ///< invocations by environment
  std::size_t alerts_pending_ = 0;
  std::string unavailable_;  ///< why no function can run; empty when they can
};

}  // namespace dialtone::functions
