#include <cstdlib>

#include "verify/otp.hpp"

/// What is decoded is encoded to the same bytes; keys and tokens of any kind are refused or read, never more.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace v = dialtone::verify;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto bytes = v::base32_decode(text)) {
    if (v::base32_decode(v::base32_encode(*bytes)) != bytes) std::abort();
  }
  constexpr std::string_view kKey =
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8GdwtibWe0kpgsFl6xPQBwhtwUEyeJkeozFmi2jiJDzxFSMwVy3kVR1h/"
      "dPVYOfgkC0EkfBRJ0J/6xW47FD5vA==";
  v::is_p256_key(text);
  v::is_signed(kKey, "text", text);
  v::signed_payload(kKey, text);
  v::signed_payload(text, "e30.e30." + std::string(86, 'A'));
  return 0;
}
