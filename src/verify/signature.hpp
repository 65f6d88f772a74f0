#pragma once
// Signatures of phones and passkeys, and base64 as URLs have it.

#include <optional>
#include <string>
#include <string_view>

namespace dialtone::verify {

/// Without padding (RFC 7515).
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

[[nodiscard]] std::string sha256(std::string_view bytes);

/// `key_der`: SubjectPublicKeyInfo. The digest is SHA-256; `signature` of an EC key in its DER form.
[[nodiscard]] bool is_key(std::string_view key_der);
[[nodiscard]] bool verifies(std::string_view key_der, std::string_view text, std::string_view signature);

/// The key of a point on P-256, of two coordinates with 32 bytes each; nothing when it is not on the curve.
[[nodiscard]] std::optional<std::string> p256_key(std::string_view x, std::string_view y);
/// An RSA key of its modulus and exponent.
[[nodiscard]] std::optional<std::string> rsa_key(std::string_view modulus, std::string_view exponent);

}  // namespace dialtone::verify
