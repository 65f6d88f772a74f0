#include <cstdint>
#include <cstdlib>

#include "webhook/gzip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMax = 4096;
  const auto out = dialtone::webhook::unzip({reinterpret_cast<const char*>(data), size}, kMax);
  if (out && out->text.size() > kMax) std::abort();
  return 0;
}
