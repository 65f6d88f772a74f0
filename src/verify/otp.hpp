#pragma once
// One-time passwords of an authenticator app (RFC 6238), and the signatures of a phone that approves a push.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace dialtone::verify {

/// Base 32 (RFC 4648) without padding.
std::string base32_encode(std::string_view bytes);
/// Nothing for text that is none; blanks and padding are passed over, case does not matter.
std::optional<std::string> base32_decode(std::string_view text);

struct TotpConfig {
  std::string alg = "sha1";  ///< sha1, sha256, sha512
  int time_step = 30;        ///< seconds
  int code_length = 6;
  int skew = 1;  ///< steps before and after now that are taken, too
};

/// The code of a step. `secret`: the key's bytes.
std::string totp_code(std::string_view secret, const TotpConfig& config, std::uint64_t step);
/// The step whose code this is, as long as it is later than `after`: a code is good once.
std::optional<std::uint64_t> totp_match(std::string_view secret, const TotpConfig& config, std::string_view code,
                                        TimePoint now, std::uint64_t after);

/// Is it a public key on P-256: base64 of its DER?
bool is_p256_key(std::string_view base64);
/// Did its owner sign the text? `signature`: base64 of the DER form.
bool is_signed(std::string_view key_base64, std::string_view text, std::string_view signature_base64);
/// The payload of a JWT that the key's owner signed (ES256); nothing for any other.
std::optional<std::string> signed_payload(std::string_view key_base64, std::string_view jwt);

}  // namespace dialtone::verify
