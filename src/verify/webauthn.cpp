#include "verify/webauthn.hpp"

#include "base/json.hpp"
#include "verify/cbor.hpp"
#include "verify/signature.hpp"

namespace dialtone::verify::webauthn {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kHeadBytes = kHashBytes + 1 + 4;
constexpr std::size_t kAaguidBytes = 16;
constexpr std::size_t kCredentialIdMax = 1023;
constexpr std::size_t kTextMax = 64 * 1024;
constexpr unsigned kPresent = 0x01;
constexpr unsigned kVerified = 0x04;
constexpr unsigned kAttested = 0x40;

std::string_view bytes_at(const cbor::Item& map, std::int64_t key) {
  const cbor::Item* item = map.find(key);
  return item && item->type == cbor::Item::Type::kBytes ? std::string_view(item->bytes) : std::string_view();
}

/// A COSE key in DER; empty for one of another kind.
std::string key_of(const cbor::Item& map) {
  const auto number = [&](std::int64_t key) {
    const cbor::Item* item = map.find(key);
    return item && item->type == cbor::Item::Type::kInteger ? item->integer : 0;
  };
  constexpr std::int64_t kType = 1;
  constexpr std::int64_t kAlgorithm = 3;
  if (number(kType) == 2 && number(kAlgorithm) == -7 && number(-1) == 1)
    return p256_key(bytes_at(map, -2), bytes_at(map, -3)).value_or("");
  if (number(kType) == 3 && number(kAlgorithm) == -257)
    return rsa_key(bytes_at(map, -1), bytes_at(map, -2)).value_or("");
  return {};
}

std::optional<AuthenticatorData> read(std::string bytes) {
  if (bytes.size() < kHeadBytes) return std::nullopt;
  AuthenticatorData out;
  out.bytes = std::move(bytes);
  std::string_view rest = out.bytes;
  out.rp_id_hash = rest.substr(0, kHashBytes);
  const auto flags = static_cast<unsigned char>(rest[kHashBytes]);
  out.user_present = (flags & kPresent) != 0;
  out.user_verified = (flags & kVerified) != 0;
  for (std::size_t i = kHashBytes + 1; i < kHeadBytes; ++i)
    out.counter = out.counter << 8 | static_cast<unsigned char>(rest[i]);
  rest.remove_prefix(kHeadBytes);
  if ((flags & kAttested) == 0) return out;
  if (rest.size() < kAaguidBytes + 2) return std::nullopt;
  const std::size_t size = static_cast<std::size_t>(static_cast<unsigned char>(rest[kAaguidBytes])) << 8 |
                           static_cast<unsigned char>(rest[kAaguidBytes + 1]);
  rest.remove_prefix(kAaguidBytes + 2);
  if (size == 0 || size > kCredentialIdMax || rest.size() < size) return std::nullopt;
  Credential credential{.id = std::string(rest.substr(0, size)), .key_der = {}};
  rest.remove_prefix(size);
  const auto key = cbor::take(rest);
  if (!key || key->type != cbor::Item::Type::kMap) return std::nullopt;
  credential.key_der = key_of(*key);
  out.credential = std::move(credential);
  return out;
}

}  // namespace

std::optional<ClientData> read_client_data(std::string_view text) {
  if (text.empty() || text.size() > kTextMax) return std::nullopt;
  auto json_text = base64url_decode(text);
  if (!json_text) return std::nullopt;
  const auto parsed = parse_json(*json_text);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const json::object& said = parsed->get_object();
  auto challenge = base64url_decode(text_of(said, "challenge"));
  if (!challenge || challenge->empty()) return std::nullopt;
  return ClientData{.json = std::move(*json_text),
                    .type = std::string(text_of(said, "type")),
                    .challenge = std::move(*challenge),
                    .origin = std::string(text_of(said, "origin"))};
}

std::optional<AuthenticatorData> read_authenticator_data(std::string_view text) {
  if (text.size() > kTextMax) return std::nullopt;
  auto bytes = base64url_decode(text);
  return bytes ? read(std::move(*bytes)) : std::nullopt;
}

std::optional<AuthenticatorData> read_attestation(std::string_view text) {
  if (text.empty() || text.size() > kTextMax) return std::nullopt;
  const auto bytes = base64url_decode(text);
  if (!bytes) return std::nullopt;
  std::string_view rest = *bytes;
  const auto object = cbor::take(rest);
  const cbor::Item* data = object ? object->find("authData") : nullptr;
  if (!data || data->type != cbor::Item::Type::kBytes) return std::nullopt;
  return read(data->bytes);
}

bool is_signed(std::string_view key_der, const AuthenticatorData& data, const ClientData& client,
               std::string_view signature) {
  const auto bytes = base64url_decode(signature);
  return bytes && verifies(key_der, data.bytes + sha256(client.json), *bytes);
}

bool is_origin_of(std::string_view origin, std::string_view rp_id) {
  const bool secure = origin.starts_with("https://");
  if (!secure && !origin.starts_with("http://")) return false;
  origin.remove_prefix(secure ? 8 : 7);
  const std::string_view host = origin.substr(0, origin.find(':'));
  if (!secure && host != "localhost" && !host.ends_with(".localhost")) return false;
  if (rp_id.empty() || !host.ends_with(rp_id)) return false;
  return host.size() == rp_id.size() || host[host.size() - rp_id.size() - 1] == '.';
}

}  // namespace dialtone::verify::webauthn
