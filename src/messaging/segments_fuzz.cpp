#include <cstdlib>

#include "messaging/segments.hpp"

/// The pieces are the text; the fast count agrees with them; each piece fits; smart encoding settles.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace m = dialtone::messaging;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto counted = m::count_segments(text);
  const auto cut = m::segments(text);
  if (counted.count != cut.count() || counted.units != cut.units || counted.encoding != cut.encoding) std::abort();
  std::string joined;
  for (const auto piece : cut.pieces) joined += piece;
  if (joined != text) std::abort();
  const std::string smart = m::smart_encode(text);
  if (m::smart_encode(smart) != smart) std::abort();
  return 0;
}
