#pragma once
// X-Twilio-Signature: HMAC-SHA1 over the URL and, for a form, its parameters in order. The URL is the configured one:
// port and query as written, without user info and fragment. Source: Twilio, Webhooks security; the fact sheet,
// section 6.

#include <string>
#include <string_view>

#include "base/form.hpp"

namespace dialtone::webhook {

/// The URL as it is signed and sent: no user info, no fragment; everything else byte for byte.
[[nodiscard]] std::string signed_url(std::string_view url);

/// Signature of a request with form parameters. A GET has none here: they are in the URL. A name that occurs several
/// times has its values sorted, each once.
[[nodiscard]] std::string sign(std::string_view auth_token, std::string_view url, const FormPairs& params = {});

/// The URL with `bodySHA256` as its last parameter: what a request with another body is sent to, and signed with.
[[nodiscard]] std::string with_body_hash(std::string_view url, std::string_view body);

/// Compares in constant time.
[[nodiscard]] bool verify(std::string_view signature, std::string_view auth_token, std::string_view url,
                          const FormPairs& params = {});
/// The same for a body that is no form: the URL's `bodySHA256` must be the body's, too.
[[nodiscard]] bool verify_body(std::string_view signature, std::string_view auth_token, std::string_view url,
                               std::string_view body);

/// Standard base64 with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace dialtone::webhook
