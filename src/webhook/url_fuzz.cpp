#include <cstdlib>

#include "webhook/url.hpp"

/// What is parsed has a clean request line and parses again to the same; what is resolved is a URL.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace w = dialtone::webhook;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto url = w::parse_url(text)) {
    for (const char c : url->text()) {
      if (c <= ' ' || c > '~') std::abort();
    }
    if (url->text().size() <= w::kUrlBytesMax && w::parse_url(url->text()).value().text() != url->text()) std::abort();
  }
  if (const auto resolved = w::resolve_url("http://h.example/a/b?c", text); resolved && !w::parse_url(*resolved))
    std::abort();
  return 0;
}
