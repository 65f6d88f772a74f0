#pragma once
// Link shortening: domains of an account whose addresses stand for longer ones in messages, and what happens when
// somebody opens them: the click is told to the application, and leads on to the long link. A domain is made through
// the control API (Twilio's console does it); what is set of it through the REST API. Source: Twilio, Link Shortening.
//
//   message (ShortenUrls) ── shorten ──▶ records of links      browser ── serve ──▶ 307, [outbox webhook.click]

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "messaging/message.hpp"
#include "monitor/alerts.hpp"
#include "net/http.hpp"
#include "rest/context.hpp"
#include "webhook/client.hpp"

namespace dialtone::messaging {

inline constexpr std::string_view kLinkDomainsScope = "system/LinkDomains";          ///< by the domain's SID
inline constexpr std::string_view kLinkServicesScope = "system/LinkDomainServices";  ///< by the service's SID
inline constexpr std::chrono::days kLinkLife{90};                                    ///< how long a link leads on
inline constexpr std::string_view kMediaLinkHost = "p.twil.io";                      ///< where converted pictures are
inline constexpr std::string_view kMediaLinksScope = "system/MediaLinks";
inline constexpr std::chrono::days kMediaLinkLife{365};
inline constexpr std::size_t kLinksMax = 100;        ///< of one message
inline constexpr std::size_t kLinkDomainsMax = 100;  ///< of an account

namespace errors {
inline constexpr ErrorRow kNotShortened{30103, 0, "Links not shortened due to application failure."};
inline constexpr ErrorRow kToFallback{30104, 0, "Shortened link not found. Click redirected to fallback Url"};
inline constexpr ErrorRow kNoFallback{30105, 0, "Shortened link not found and no fallback URL found"};
inline constexpr ErrorRow kInvalidFallback{30122, 400, "Fallback URL is invalid"};
inline constexpr ErrorRow kServiceInOtherDomain{
    30130, 400, "Messaging Service SID already belongs in another domain configuration."};
}  // namespace errors

/// The links of a text that are to be shortened: `http://` or `https://` and what follows up to a blank or quote,
/// without the punctuation of the sentence that ends it.
std::vector<std::string_view> links_in(std::string_view text);

class LinkDomains {
 public:
  LinkDomains(rest::Services& services, rest::Authenticator& accounts, monitor::Alerts& alerts, webhook::Client& client)
      : services_(services), accounts_(accounts), alerts_(alerts), client_(client) {}
  /// Registers with the outbox.
  void start();
  /// Reads what the store has, in place of what was known before.
  Task<> load();

  /// A domain as it is stored: `sid`, `account_sid`, `domain_name`, dates, and what Config and Certificate set.
  [[nodiscard]] const json::object* find(std::string_view account_sid, std::string_view sid) const;
  [[nodiscard]] std::vector<json::object> of(std::string_view account_sid) const;
  /// The domain of a messaging service; null when it has none.
  [[nodiscard]] const json::object* of_service(std::string_view service_sid) const;
  /// Gives the account a domain. Errors: 20001, 20409.
  Task<Result<json::object>> create(std::string account_sid, std::string host);
  /// Changes what is kept of a domain.
  Task<Result<>> save(json::object domain);
  /// Errors: 30130.
  Task<Result<>> associate(std::string sid, std::string service_sid);
  Task<Result<>> dissociate(std::string service_sid);

  /// Puts short links in the place of the long ones in the message's text. Error: 30103.
  Result<> shorten(store::Transaction& transaction, Message& message);

  /// A message with pictures whose way has none: links to them take their place in its text.
  void convert_media(store::Transaction& transaction, Message& message);

  /// Is this host, or it under .localhost, one of the domains?
  [[nodiscard]] bool serves(std::string_view host) const;
  /// Answers somebody who opens a link.
  Task<net::Response> serve(const net::Request& request);

  void erase_account(store::Transaction& transaction, std::string_view account_sid) const;
  void forget_account(std::string_view account_sid);

 private:
  Task<net::Response> serve_media(const net::Request& request);
  [[nodiscard]] const json::object* by_host(std::string_view host) const;
  Task<Result<>> call_back(store::OutboxRow row);

  rest::Services& services_;
  rest::Authenticator& accounts_;
  monitor::Alerts& alerts_;
  webhook::Client& client_;
  std::unordered_map<std::string, json::object> domains_;     ///< by SID
  std::unordered_map<std::string, std::string> sids_;         ///< by host
  std::unordered_map<std::string, std::string> of_services_;  ///< service → domain
};

}  // namespace dialtone::messaging
