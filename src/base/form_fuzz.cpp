#include <cstdlib>

#include "base/form.hpp"

/// What is decoded can be encoded, and decodes to the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto pairs = dialtone::form_decode({reinterpret_cast<const char*>(data), size});
  if (pairs && dialtone::form_decode(dialtone::form_encode(*pairs)).value() != *pairs) std::abort();
  return 0;
}
