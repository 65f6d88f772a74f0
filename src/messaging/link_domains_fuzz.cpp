#include <cstdlib>

#include "messaging/link_domains.hpp"

/// Links lie in the text, one behind the other, and each begins as a link does.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const char* at = text.data();
  for (const auto link : dialtone::messaging::links_in(text)) {
    if (link.data() < at || link.data() + link.size() > text.data() + text.size()) std::abort();
    if (!link.starts_with("http://") && !link.starts_with("https://")) std::abort();
    at = link.data() + link.size();
  }
  return 0;
}
