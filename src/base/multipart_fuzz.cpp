#include <cstdint>
#include <cstdlib>

#include "base/multipart.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The first line is the Content-Type, the rest the body.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  const std::string_view body = text.substr(line + 1);
  const auto parts = dialtone::parse_multipart(text.substr(0, line), body);
  if (!parts) return 0;
  for (const auto& part : *parts) {
    // A part lies inside the body and has a name.
    const bool inside = part.body.empty() || (part.body.data() >= body.data() &&
                                              part.body.data() + part.body.size() <= body.data() + body.size());
    if (!inside || part.name.empty()) std::abort();
  }
  return 0;
}
