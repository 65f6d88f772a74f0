#include <cstdlib>

#include "bins/template.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dialtone::FormPairs params{{"A", "1"}, {"A", "<2>"}, {"B", ""}};
  const auto out = dialtone::bins::render({reinterpret_cast<const char*>(data), size}, params);
  if (out && out->size() > dialtone::bins::kRenderedBytesMax + size * 8) std::abort();
  return 0;
}
