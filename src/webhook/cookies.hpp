#pragma once
// Cookies of conversations: what an application set on one webhook goes back to it on the next of the same conversation
// (two phone numbers, or a call) and is dropped after four hours in which nothing was said. Source: the fact sheet,
// section 4.2; matching by RFC 6265. They live in memory: a cookie may be lost at any time.

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "webhook/url.hpp"

namespace dialtone::webhook {

inline constexpr std::chrono::hours kConversationMaxAge{4};
inline constexpr std::size_t kConversationsMax = 10'000;
inline constexpr std::size_t kCookiesPerConversationMax = 30;
inline constexpr std::size_t kCookieBytesMax = 4096;

/// One Set-Cookie header as understood.
struct Cookie {
  std::string name;
  std::string value;
  std::string host;       ///< lower case, without a leading dot
  bool host_only = true;  ///< no Domain attribute: not for hosts below `host`
  std::string path = "/";
  bool secure = false;
  std::optional<TimePoint> expires = {};  ///< absent: with the conversation
};

/// Reads a Set-Cookie header that `url` answered with. Nothing when it is no cookie or not for that host.
std::optional<Cookie> parse_set_cookie(std::string_view header, const Url& url, TimePoint now);

class CookieJar {
 public:
  explicit CookieJar(const Clock& clock) : clock_(clock) {}

  void keep(const std::string& conversation, const Url& url, std::string_view set_cookie);
  /// The Cookie header for a request of the conversation; empty when there is none.
  std::string header(const std::string& conversation, const Url& url);
  [[nodiscard]] std::size_t size() const { return conversations_.size(); }

 private:
  struct Conversation {
    std::string key;
    TimePoint last_used;
    std::vector<Cookie> cookies;
  };
  using Order = std::list<Conversation>;

  void drop_old();
  Conversation* find(const std::string& key);

  const Clock& clock_;
  Order order_;  ///< used longest ago first
  std::unordered_map<std::string, Order::iterator> conversations_;
};

}  // namespace dialtone::webhook
