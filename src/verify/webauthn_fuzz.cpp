#include <cstdlib>

#include "verify/cbor.hpp"
#include "verify/signature.hpp"
#include "verify/webauthn.hpp"

/// Whatever a browser sends is read or refused; an item takes no more than there is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace v = dialtone::verify;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string_view rest = text;
  while (const auto item = v::cbor::take(rest)) {
    if (rest.size() >= text.size()) std::abort();
  }
  const std::string encoded = v::base64url_encode(text);
  if (v::base64url_decode(encoded) != text) std::abort();
  if (const auto read = v::webauthn::read_authenticator_data(encoded)) {
    if (read->bytes != text || read->rp_id_hash.size() != 32) std::abort();
    v::webauthn::is_signed(text, *read, {}, encoded);
  }
  v::webauthn::read_attestation(encoded);
  v::webauthn::read_client_data(encoded);
  v::webauthn::is_origin_of(text, "example.com");
  return 0;
}
