#pragma once
// Tokens with which a phone makes its own factor, without the account's credentials: an encrypted JWT (RFC 7516, `dir`
// with A256GCM). The key is made of the account's auth token, so a new one ends them all.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "rest/context.hpp"

namespace dialtone::verify {

struct AccessToken {
  std::string sid;  ///< YK…
  std::string service_sid;
  std::string identity;
  TimePoint expires;
};

std::string seal(const rest::Account& account, const AccessToken& token);

/// Whose token a text claims to be; empty when it is none.
std::string account_of_token(std::string_view text);
/// What the account sealed; nothing when the text is none of its tokens, or its time is over.
std::optional<AccessToken> unseal(const rest::Account& account, std::string_view text, TimePoint now);

/// Who comes with a token, and may make a factor; nothing for what is none.
std::optional<rest::Principal> principal_of(const rest::Authenticator& accounts, std::string_view text, TimePoint now);

}  // namespace dialtone::verify
