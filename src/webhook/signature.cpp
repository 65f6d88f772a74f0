#include "webhook/signature.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include "webhook/url.hpp"

namespace dialtone::webhook {
namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

void append_parameters(std::string& out, const FormPairs& params) {
  std::vector<std::pair<std::string_view, std::string_view>> sorted(params.begin(), params.end());
  std::ranges::sort(sorted);  // string_view compares as bytes do
  const auto repeated = std::ranges::unique(sorted);
  sorted.erase(repeated.begin(), repeated.end());
  for (const auto& [name, value] : sorted) {
    out += name;
    out += value;
  }
}

/// HMAC-SHA1 with the key of the last call prepared: most requests of a time are one account's, and OpenSSL's one-shot
/// function looks its algorithms up, and hashes the key's pads, each time.
class Hmac {
 public:
  std::array<unsigned char, SHA_DIGEST_LENGTH> operator()(std::string_view key, std::string_view text) {
    std::array<unsigned char, SHA_DIGEST_LENGTH> mac;
    std::size_t size = 0;
    if (!prepare(key) || EVP_MAC_update(context_.get(), bytes_of(text), text.size()) != 1 ||
        EVP_MAC_final(context_.get(), mac.data(), &size, mac.size()) != 1 || size != mac.size()) {
      key_.reset();
      throw std::runtime_error("HMAC failed");
    }
    return mac;
  }

 private:
  bool prepare(std::string_view key) {
    if (!context_) return false;
    if (key_ == key) return EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1;
    std::string digest = "SHA1";
    const std::array<OSSL_PARAM, 2> params = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
        OSSL_PARAM_construct_end()};
    // An empty key needs an address, too: without one the key before stays.
    const unsigned char* bytes = key.empty() ? bytes_of("") : bytes_of(key);
    if (EVP_MAC_init(context_.get(), bytes, key.size(), params.data()) != 1) return false;
    key_ = key;
    return true;
  }

  struct Free {
    void operator()(EVP_MAC* algorithm) const { EVP_MAC_free(algorithm); }
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  };
  std::unique_ptr<EVP_MAC, Free> algorithm_{EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr)};
  std::unique_ptr<EVP_MAC_CTX, Free> context_{EVP_MAC_CTX_new(algorithm_.get())};
  std::optional<std::string> key_;  ///< that context_ is prepared for
};

std::string hex_sha256(std::string_view body) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(bytes_of(body), body.size(), digest.data());
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(digest.size() * 2);
  for (const unsigned char byte : digest) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// Value of the last `bodySHA256` in the query; empty without one.
std::string_view body_hash_in(std::string_view url) {
  constexpr std::string_view kName = "bodySHA256=";
  const std::size_t at = url.rfind(kName);
  if (at == std::string_view::npos || at == 0 || (url[at - 1] != '?' && url[at - 1] != '&')) return {};
  const std::string_view value = url.substr(at + kName.size());
  return value.substr(0, value.find_first_of("&#"));
}

}  // namespace

std::string signed_url(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const std::size_t begin = scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?", begin), url.size());
  const std::size_t user_info = url.substr(begin, end - begin).rfind('@');
  if (user_info == std::string_view::npos) return std::string(url);
  std::string out(url.substr(0, begin));
  out += url.substr(begin + user_info + 1);
  return out;
}

std::string sign(std::string_view auth_token, std::string_view url, const FormPairs& params) {
  std::string text = signed_url(url);
  append_parameters(text, params);
  thread_local Hmac hmac;
  const auto mac = hmac(auth_token, text);
  return base64({reinterpret_cast<const char*>(mac.data()), mac.size()});
}

std::string with_body_hash(std::string_view url, std::string_view body) {
  return with_query(url, "bodySHA256=" + hex_sha256(body));
}

bool verify(std::string_view signature, std::string_view auth_token, std::string_view url, const FormPairs& params) {
  return equal_in_constant_time(signature, sign(auth_token, url, params));
}

bool verify_body(std::string_view signature, std::string_view auth_token, std::string_view url, std::string_view body) {
  const bool signature_matches = verify(signature, auth_token, url);
  return equal_in_constant_time(body_hash_in(url), hex_sha256(body)) && signature_matches;
}

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a NUL
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace dialtone::webhook
