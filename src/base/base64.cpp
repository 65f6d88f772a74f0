#include "base/base64.hpp"

#include <array>

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace dialtone {
namespace {

constexpr unsigned kNoDigit = 64;
constexpr auto kBase64Values = [] {
  std::array<unsigned char, 256> values{};
  values.fill(kNoDigit);
  unsigned char value = 0;
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")) {
    values[static_cast<unsigned char>(c)] = value++;
  }
  return values;
}();

unsigned value_of(char digit) { return kBase64Values[static_cast<unsigned char>(digit)]; }

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  const std::string_view digits = text.substr(0, text.size() - padding);
  std::string out(text.size() / 4 * 3, '\0');
  unsigned seen = 0;
  char* to = out.data();
  const auto decode = [&](char a, char b, char c, char d) {
    const unsigned w = value_of(a), x = value_of(b), y = value_of(c), z = value_of(d);
    seen |= w | x | y | z;
    const unsigned bits = w << 18 | x << 12 | y << 6 | z;
    *to++ = static_cast<char>(bits >> 16);
    *to++ = static_cast<char>(bits >> 8);
    *to++ = static_cast<char>(bits);
  };
  std::size_t at = 0;
  for (; at + 4 <= digits.size(); at += 4) decode(digits[at], digits[at + 1], digits[at + 2], digits[at + 3]);
  if (padding > 0) decode(digits[at], digits[at + 1], padding == 1 ? digits[at + 2] : 'A', 'A');
  if (seen & kNoDigit) return std::nullopt;
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
