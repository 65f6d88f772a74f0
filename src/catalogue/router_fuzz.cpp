#include "catalogue/router.hpp"

#include <cstdlib>

/// First line: host; the rest: path. Whatever matches has a value for each placeholder, and each value lies in the
/// path.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const dialtone::catalogue::Router router;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.find('\n');
  const std::string_view host = text.substr(0, line);
  const std::string_view path = line == std::string_view::npos ? std::string_view{} : text.substr(line + 1);
  const auto match = router.match(host, path);
  if (!match) return 0;
  if (!router.knows_host(host) || match->path.host() != host) std::abort();
  std::size_t placeholders = 0;
  for (const char c : match->path.path_template()) placeholders += c == '{' ? 1 : 0;
  if (match->value_count != placeholders) std::abort();
  for (std::size_t i = 0; i < match->value_count; ++i) {
    const std::string_view value = match->values[i];
    if (value.empty() || value.data() < path.data() || value.data() + value.size() > path.data() + path.size())
      std::abort();
    if (value.find('/') != std::string_view::npos) std::abort();
  }
  return 0;
}
