#include "verify/access_token.hpp"

#include <array>
#include <memory>
#include <vector>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/json.hpp"
#include "verify/signature.hpp"

namespace dialtone::verify {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kTokenMax = 4096;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

std::string key_of(const rest::Account& account) {
  return sha256("dialtone.verify.access-token " + account.auth_token);
}

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// Header, (empty) key, nonce, text and tag; empty for what has another number of parts.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  while (text.size() <= kTokenMax) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    parts.push_back(text.substr(0, dot));
    if (dot == text.size()) break;
    text.remove_prefix(dot + 1);
  }
  return parts.size() == 5 ? parts : std::vector<std::string_view>();
}

}  // namespace

std::string seal(const rest::Account& account, const AccessToken& token) {
  const std::string header = base64url_encode(
      wire_json({{"alg", "dir"}, {"enc", "A256GCM"}, {"cty", "twilio-fpa;v=1"}, {"kid", account.sid}}));
  const std::string claims =
      wire_json({{"jti", token.sid},
                 {"service_sid", token.service_sid},
                 {"identity", token.identity},
                 {"exp", std::chrono::floor<std::chrono::seconds>(token.expires).time_since_epoch().count()}});
  const std::string key = key_of(account);
  std::string nonce(kNonceBytes, '\0');
  RAND_bytes(bytes_of(nonce), static_cast<int>(nonce.size()));
  std::string sealed(claims.size(), '\0');
  std::string tag(kTagBytes, '\0');
  int size = 0;
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(nonce));
  EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(header), static_cast<int>(header.size()));
  EVP_EncryptUpdate(cipher.get(), bytes_of(sealed), &size, bytes_of(claims), static_cast<int>(claims.size()));
  EVP_EncryptFinal_ex(cipher.get(), bytes_of(sealed) + size, &size);
  EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag.size()), tag.data());
  return header + ".." + base64url_encode(nonce) + '.' + base64url_encode(sealed) + '.' + base64url_encode(tag);
}

std::string account_of_token(std::string_view text) {
  const auto parts = parts_of(text);
  const auto header = parts.empty() ? std::nullopt : base64url_decode(parts[0]);
  const auto parsed = parse_json(header.value_or(""));
  return parsed && parsed->is_object() ? std::string(text_of(parsed->get_object(), "kid")) : std::string();
}

std::optional<AccessToken> unseal(const rest::Account& account, std::string_view text, TimePoint now) {
  const auto parts = parts_of(text);
  if (parts.empty() || !parts[1].empty()) return std::nullopt;
  const auto nonce = base64url_decode(parts[2]);
  const auto sealed = base64url_decode(parts[3]);
  auto tag = base64url_decode(parts[4]);
  if (!nonce || nonce->size() != kNonceBytes || !sealed || !tag || tag->size() != kTagBytes) return std::nullopt;
  const std::string key = key_of(account);
  std::string claims(sealed->size(), '\0');
  int size = 0;
  int rest = 0;
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const bool good =
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(*nonce)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(parts[0]), static_cast<int>(parts[0].size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), bytes_of(claims), &size, bytes_of(*sealed), static_cast<int>(sealed->size())) ==
          1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag->size()), tag->data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), bytes_of(claims) + size, &rest) == 1;
  if (!good) return std::nullopt;
  const json::object said = stored_object(claims);
  AccessToken token{.sid = std::string(text_of(said, "jti")),
                    .service_sid = std::string(text_of(said, "service_sid")),
                    .identity = std::string(text_of(said, "identity")),
                    .expires = TimePoint(std::chrono::seconds(said.at("exp").to_number<std::int64_t>()))};
  if (now >= token.expires) return std::nullopt;
  return token;
}

std::optional<rest::Principal> principal_of(const rest::Authenticator& accounts, std::string_view text, TimePoint now) {
  auto account = accounts.find(account_of_token(text));
  const auto token = account ? unseal(*account, text, now) : std::nullopt;
  if (!token) return std::nullopt;
  static const auto kPolicy = rest::Permissions::parse({{"allow", {"/twilio/verify/factors/create"}}});
  return rest::Principal{.account = std::move(account),
                         .key_sid = token->sid,
                         .permissions = std::make_shared<const rest::Permissions>(*kPolicy)};
}

}  // namespace dialtone::verify
