#pragma once
// What a browser hands back of a passkey: at its registration, and each time it is used. Source: W3C Web
// Authentication, 6.1 (authenticator data), 6.5 (attestation), 7.1 and 7.2; RFC 9053 (COSE keys).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dialtone::verify::webauthn {

struct ClientData {
  std::string json;       ///< as it was signed
  std::string type;       ///< webauthn.create, webauthn.get
  std::string challenge;  ///< decoded
  std::string origin;
};

/// `clientDataJSON`, base64url.
std::optional<ClientData> read_client_data(std::string_view text);

struct Credential {
  std::string id;
  std::string key_der;  ///< empty: of a kind that is not supported (only ES256 and RS256 are)
};

struct AuthenticatorData {
  std::string bytes;  ///< as they were signed
  std::string rp_id_hash;
  bool user_present = false;
  bool user_verified = false;
  std::uint32_t counter = 0;
  std::optional<Credential> credential = {};  ///< at a registration
};

/// `authenticatorData`, base64url.
std::optional<AuthenticatorData> read_authenticator_data(std::string_view text);
/// `attestationObject`, base64url. What it says of the authenticator's maker is not asked for, nor looked at.
std::optional<AuthenticatorData> read_attestation(std::string_view text);

/// Did the key sign this use of it? `signature`: base64url of the DER form.
bool is_signed(std::string_view key_der, const AuthenticatorData& data, const ClientData& client,
               std::string_view signature);

/// May a page of this origin use passkeys of the relying party: `https`, and its host or a host below it? Plain http is
/// for localhost.
bool is_origin_of(std::string_view origin, std::string_view rp_id);

}  // namespace dialtone::verify::webauthn
