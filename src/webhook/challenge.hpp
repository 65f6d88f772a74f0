#pragma once
// User info of a URL is sent only after the server asks for it: the answer to a 401 with WWW-Authenticate. Digest
// (RFC 7616: MD5 and SHA-256, with -sess, qop auth or none) is preferred to Basic (RFC 7617).

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dialtone::webhook {

struct Challenge {
  std::string scheme;                                           ///< lower case
  std::vector<std::pair<std::string, std::string>> parameters;  ///< names in lower case

  [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

inline constexpr std::size_t kChallengesMax = 8;

/// Reads one WWW-Authenticate value, which may hold several challenges (RFC 9110, 11.6.1). What cannot be read is left
/// out.
[[nodiscard]] std::vector<Challenge> parse_challenges(std::string_view value);

struct Credentials {
  std::string_view user;
  std::string_view password;
};

struct ChallengedRequest {
  std::string_view method;
  std::string_view target;
  std::string_view client_nonce;  ///< random text of the caller's
};

/// The Authorization header's value for the best challenge; nothing when none can be answered.
[[nodiscard]] std::optional<std::string> answer(std::span<const Challenge> challenges, const Credentials& credentials,
                                                const ChallengedRequest& request);

}  // namespace dialtone::webhook
