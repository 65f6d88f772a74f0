#include "rest/authorization.hpp"

#include "base/base64.hpp"
#include "net/text.hpp"

namespace dialtone::rest {

Result<Credentials> parse_authorization(std::string_view header) {
  const auto refuse = [](std::string text, std::string detail) {
    return fail({errors::kAuthenticate, std::move(text), std::move(detail)});
  };
  if (header.empty()) {
    return refuse("Authentication Error - No credentials provided", "Your AccountSid or AuthToken was incorrect.");
  }
  if (!net::same_text(header.substr(0, 6), "Basic ") || header.size() > kCredentialsMax) {
    return refuse("Authentication Error - invalid username", "Your AccountSid or AuthToken was incorrect.");
  }
  std::string_view encoded = header.substr(6);
  while (encoded.starts_with(' ')) encoded.remove_prefix(1);
  while (encoded.ends_with(' ')) encoded.remove_suffix(1);
  const auto pair = base64_decode(encoded);
  const std::size_t colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return refuse("Authenticate", "");
  return Credentials{.user = pair->substr(0, colon), .password = pair->substr(colon + 1)};
}

}  // namespace dialtone::rest
