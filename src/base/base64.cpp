#include "base/base64.hpp"

#include <array>
#include <cstdint>

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace dialtone {

std::string base64_encode(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return out;
}

namespace {

constexpr std::uint8_t kNoDigit = 0x80;
constexpr auto kDigits = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(kNoDigit);
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return table;
}();

}  // namespace

// Not OpenSSL's, which takes white space for nothing and is slow: every request brings credentials.
std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::string out(text.size() / 4 * 3, '\0');
  std::uint8_t wrong = 0;
  char* to = out.data();
  const auto digits = [&](const char* at, std::size_t count) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::uint8_t digit = i < count ? kDigits[static_cast<unsigned char>(at[i])] : std::uint8_t{0};
      wrong |= digit;
      bits = bits << 6 | digit;
    }
    *to++ = static_cast<char>(bits >> 16);
    *to++ = static_cast<char>(bits >> 8);
    *to++ = static_cast<char>(bits);
  };
  const std::size_t whole = text.size() - (padding > 0 ? 4 : 0);
  for (std::size_t at = 0; at < whole; at += 4) digits(text.data() + at, 4);
  if (padding > 0) digits(text.data() + whole, 4 - padding);
  if ((wrong & kNoDigit) != 0) return std::nullopt;
  out.resize(out.size() - padding);
  return out;
}

bool equal_in_constant_time(std::string_view given, std::string_view secret) {
  // A given text of another length is compared with itself, so that length alone does not return early.
  const bool same_size = given.size() == secret.size();
  const std::string_view other = same_size ? secret : given;
  return CRYPTO_memcmp(given.data(), other.data(), given.size()) == 0 && same_size;
}

}  // namespace dialtone
