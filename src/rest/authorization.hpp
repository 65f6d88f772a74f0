#pragma once
// The Authorization header, read: who a client says it is. Whether that is true, the Authenticator decides.

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace dialtone::rest {

inline constexpr std::size_t kCredentialsMax = 4096;  ///< bytes of the header

struct Credentials {
  std::string user;
  std::string password;  ///< may hold colons
};

/// Reads `Basic <base64 of user:password>` (RFC 7617). Errors: 20003 (401), in Twilio's words for each way to go wrong.
Result<Credentials> parse_authorization(std::string_view header);

}  // namespace dialtone::rest
