#include <cstdlib>

#include "twiml/document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = dialtone::twiml::parse({reinterpret_cast<const char*>(data), size});
  if (document && document->root.name != "Response") std::abort();
  if (!document && document.error().status != 0) std::abort();
  return 0;
}
