// Addresses from outside, the next page's among them: what is taken of one can stand in a request line.

#include <cstdlib>

#include "url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto url = twilio::detail::parse_url(text)) {
    for (unsigned char c : url->target + url->host) {
      if (c <= 0x20) std::abort();
    }
    if (url->port == 0 || url->target.empty() || url->target[0] != '/') std::abort();
  }
  twilio::detail::spared_proxy(text.substr(0, size / 2), text.substr(size / 2));
  twilio::detail::regional_host(text, "edge", "");
  return 0;
}
