#include "verify/signature.hpp"

#include <memory>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "base/base64.hpp"

namespace dialtone::verify {
namespace {

constexpr std::size_t kP256Bytes = 32;
constexpr std::size_t kRsaBytesMax = 1024;

template <auto Free>
struct With {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, With<EVP_PKEY_free>>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Key read_key(std::string_view der) {
  const auto* at = bytes_of(der);
  return Key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
}

/// A key of what `fill` puts together, in DER.
template <typename Fill>
std::optional<std::string> build(const char* type, Fill fill) {
  const std::unique_ptr<OSSL_PARAM_BLD, With<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  if (!builder || !fill(builder.get())) return std::nullopt;
  const std::unique_ptr<OSSL_PARAM, With<OSSL_PARAM_free>> params(OSSL_PARAM_BLD_to_param(builder.get()));
  const std::unique_ptr<EVP_PKEY_CTX, With<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* raw = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return std::nullopt;
  const Key key(raw);
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  if (size <= 0) return std::nullopt;
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

}  // namespace

std::string base64url_encode(std::string_view bytes) {
  std::string out = base64_encode(bytes);
  while (out.ends_with('=')) out.pop_back();
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

std::optional<std::string> base64url_decode(std::string_view text) {
  std::string plain(text);
  for (char& c : plain) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (plain.size() % 4 != 0) plain += '=';
  return base64_decode(plain);
}

std::string sha256(std::string_view bytes) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(bytes_of(bytes), bytes.size(), reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

bool is_key(std::string_view key_der) { return read_key(key_der) != nullptr; }

bool verifies(std::string_view key_der, std::string_view text, std::string_view signature) {
  const Key key = read_key(key_der);
  const std::unique_ptr<EVP_MD_CTX, With<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  return key && context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
}

std::optional<std::string> p256_key(std::string_view x, std::string_view y) {
  if (x.size() != kP256Bytes || y.size() != kP256Bytes) return std::nullopt;
  std::string point = "\x04";
  point += x;
  point += y;
  return build("EC", [&](OSSL_PARAM_BLD* builder) {
    return OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
           OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1;
  });
}

std::optional<std::string> rsa_key(std::string_view modulus, std::string_view exponent) {
  if (modulus.empty() || modulus.size() > kRsaBytesMax || exponent.empty() || exponent.size() > 8) return std::nullopt;
  const std::unique_ptr<BIGNUM, With<BN_free>> n(
      BN_bin2bn(bytes_of(modulus), static_cast<int>(modulus.size()), nullptr));
  const std::unique_ptr<BIGNUM, With<BN_free>> e(
      BN_bin2bn(bytes_of(exponent), static_cast<int>(exponent.size()), nullptr));
  return build("RSA", [&](OSSL_PARAM_BLD* builder) {
    return n && e && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
           OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e.get()) == 1;
  });
}

}  // namespace dialtone::verify
