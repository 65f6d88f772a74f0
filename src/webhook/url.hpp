#pragma once
// The URLs that webhooks go to: absolute, http or https. The text stays as its owner wrote it, because it is signed
// byte for byte; only what cannot stand in a request line (spaces, other scripts) is percent-encoded. The fragment is
// for us:
// `#ct=2000&rc=2` sets the limits of the connection. Source: the fact sheet, section 4.3.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace dialtone::webhook {

inline constexpr std::size_t kUrlBytesMax = 4096;

/// These become alerts; they are never an API answer, hence no status.
namespace errors {
inline constexpr ErrorRow kMalformedUrl{11100, 0, "Invalid URL format"};
inline constexpr ErrorRow kInvalidEdge{11240, 0, "Invalid edge location in URL"};
inline constexpr ErrorRow kInvalidRetryPolicy{11243, 0, "Invalid retry policy in URL"};
}  // namespace errors

/// Which failures are tried again.
struct RetryPolicy {
  bool client_error = false;    ///< 4xx
  bool server_error = false;    ///< 5xx
  bool connect_timeout = true;  ///< ct: connection not made
  bool read_timeout = false;    ///< rt
  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

struct ConnectionOptions {
  std::chrono::milliseconds connect_timeout{5000};  ///< ct, 100–10000
  std::chrono::milliseconds read_timeout{15000};    ///< rt, 100–15000
  std::chrono::milliseconds total_timeout{15000};   ///< tt, 100–15000, over all tries
  int retries = 1;                                  ///< rc, 0–5
  RetryPolicy retry_policy = {};                    ///< rp
  bool verify_name = true;                          ///< sni: send the name and compare the certificate's
  friend bool operator==(const ConnectionOptions&, const ConnectionOptions&) = default;
};

struct Url {
  std::string scheme;      ///< http or https
  std::string user;        ///< decoded; empty without user info
  std::string password;    ///< decoded
  std::string host;        ///< lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;  ///< also when the URL has none
  std::string authority;   ///< host and port as written, without user info: the Host header
  std::string target;      ///< path and query as sent; at least "/"
  ConnectionOptions options;

  [[nodiscard]] bool is_tls() const { return scheme == "https"; }
  [[nodiscard]] bool has_user_info() const { return !user.empty() || !password.empty(); }
  /// Scheme, authority and target: what is signed, and what the receiver puts together again to check.
  [[nodiscard]] std::string text() const { return scheme + "://" + authority + target; }
};

/// Parses an absolute URL. Errors: 11100; from the fragment 11240, 11243. A number out of range in the fragment is set
/// to the nearest; an unknown key is not looked at, since a fragment may be there for another reason.
Result<Url> parse_url(std::string_view text);

/// Resolves a reference as found in TwiML or a Location header against the absolute URL it was found at (RFC
/// 3986, 5.2). A relative one keeps the authority of `base`, user info included, and drops its fragment. Error: 11100.
Result<std::string> resolve_url(std::string_view base, std::string_view reference);

/// The URL with `query` (already encoded) added to its query; the fragment stays last.
[[nodiscard]] std::string with_query(std::string_view url, std::string_view query);

}  // namespace dialtone::webhook
