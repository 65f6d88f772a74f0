#include "verify/otp.hpp"

#include <array>
#include <memory>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>

#include "base/base64.hpp"
#include "verify/signature.hpp"

namespace dialtone::verify {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t kP256Bytes = 32;

const EVP_MD* digest_of(std::string_view alg) {
  return alg == "sha512" ? EVP_sha512() : alg == "sha256" ? EVP_sha256() : EVP_sha1();
}

/// The DER of a key on P-256; nothing for any other.
std::optional<std::string> read_key(std::string_view base64) {
  auto der = base64_decode(base64);
  if (!der) return std::nullopt;
  const auto* at = reinterpret_cast<const unsigned char*>(der->data());
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      d2i_PUBKEY(nullptr, &at, static_cast<long>(der->size())), EVP_PKEY_free);
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC || EVP_PKEY_get_bits(key.get()) != 256)
    return std::nullopt;
  return der;
}

}  // namespace

std::string base32_encode(std::string_view bytes) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (count += 8; count >= 5; count -= 5) out += kBase32[(bits >> (count - 5)) & 31];
  }
  if (count > 0) out += kBase32[(bits << (5 - count)) & 31];
  return out;
}

std::optional<std::string> base32_decode(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    if (c == ' ' || c == '=') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    const std::size_t value = kBase32.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 5) | static_cast<std::uint32_t>(value);
    if ((count += 5) >= 8) {
      count -= 8;
      out += static_cast<char>((bits >> count) & 0xff);
    }
  }
  return out;
}

std::string totp_code(std::string_view secret, const TotpConfig& config, std::uint64_t step) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i)
    counter[counter.size() - 1 - i] = static_cast<unsigned char>(step >> (8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  HMAC(digest_of(config.alg), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(),
       hash.data(), &size);
  const std::size_t at = hash[size - 1] & 15;
  std::uint32_t value = static_cast<std::uint32_t>(hash[at] & 0x7f) << 24 |
                        static_cast<std::uint32_t>(hash[at + 1]) << 16 | static_cast<std::uint32_t>(hash[at + 2]) << 8 |
                        hash[at + 3];
  std::string code(static_cast<std::size_t>(config.code_length), '0');
  for (std::size_t i = code.size(); i-- > 0; value /= 10) code[i] = static_cast<char>('0' + value % 10);
  return code;
}

std::optional<std::uint64_t> totp_match(std::string_view secret, const TotpConfig& config, std::string_view code,
                                        TimePoint now, std::uint64_t after) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const auto present = static_cast<std::int64_t>(seconds / config.time_step);
  for (std::int64_t step = present - config.skew; step <= present + config.skew; ++step) {
    if (step < 0 || static_cast<std::uint64_t>(step) <= after) continue;
    if (totp_code(secret, config, static_cast<std::uint64_t>(step)) == code) return static_cast<std::uint64_t>(step);
  }
  return std::nullopt;
}

bool is_p256_key(std::string_view base64) { return read_key(base64).has_value(); }

bool is_signed(std::string_view key_base64, std::string_view text, std::string_view signature_base64) {
  const auto key = read_key(key_base64);
  const auto signature = base64_decode(signature_base64);
  return key && signature && verifies(*key, text, *signature);
}

std::optional<std::string> signed_payload(std::string_view key_base64, std::string_view jwt) {
  const std::size_t first = jwt.find('.');
  const std::size_t second = first == std::string_view::npos ? first : jwt.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto key = read_key(key_base64);
  const auto raw = base64url_decode(jwt.substr(second + 1));
  if (!key || !raw || raw->size() != 2 * kP256Bytes) return std::nullopt;
  // A JWT has the two numbers side by side, OpenSSL wants them in DER.
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(ECDSA_SIG_new(), ECDSA_SIG_free);
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw->data());
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes, kP256Bytes, nullptr),
                 BN_bin2bn(bytes + kP256Bytes, kP256Bytes, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return std::nullopt;
  const std::string der_text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  if (!verifies(*key, jwt.substr(0, second), der_text)) return std::nullopt;
  return base64url_decode(jwt.substr(first + 1, second - first - 1));
}

}  // namespace dialtone::verify
