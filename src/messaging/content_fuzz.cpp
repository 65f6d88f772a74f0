#include <cstdlib>

#include "messaging/content.hpp"

/// Any text with placeholders, and variables for the first names: filled or refused, and what has no placeholder stays.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace m = dialtone::messaging;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const dialtone::json::object variables{{"1", "one"}, {"name", "Ann"}};
  const auto filled = m::fill_in(text, variables, {});
  if (text.find("{{") == std::string_view::npos && (!filled || *filled != text)) std::abort();
  if (!filled && filled.error().code != 21656) std::abort();
  return 0;
}
