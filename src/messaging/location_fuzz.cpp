#include <cmath>
#include <cstdlib>

#include "messaging/location.hpp"

/// What is read lies on the earth.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto place = dialtone::messaging::parse_location({reinterpret_cast<const char*>(data), size});
  if (place && !(std::abs(place->latitude) <= 90 && std::abs(place->longitude) <= 180)) std::abort();
  return 0;
}
