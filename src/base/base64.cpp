#include "base/base64.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace dialtone {

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
  // OpenSSL takes a '=' anywhere for a digit; and it skips white space, which the size tells.
  if (text.substr(0, text.size() - padding).contains('=')) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0 || static_cast<std::size_t>(size) != out.size()) return std::nullopt;
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
