#pragma once
// Hashes and the texts they are written as.

#include <string>
#include <string_view>

namespace twilio::detail {

std::string base64(std::string_view bytes);
/// For URLs, without padding.
std::string base64_url(std::string_view bytes);
std::string hmac(const char* hash, std::string_view key, std::string_view text);
std::string sha256_hex(std::string_view text);
/// In a time that does not tell where they differ.
bool same(std::string_view a, std::string_view b);

}  // namespace twilio::detail
