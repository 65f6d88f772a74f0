#include <cstdlib>

#include "base/json.hpp"
#include "base/utf8.hpp"

/// What is read is written as valid UTF-8, and reads the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = dialtone::parse_json({reinterpret_cast<const char*>(data), size});
  if (!value) {
    if (value.error().status != 400) std::abort();
    return 0;
  }
  const std::string written = dialtone::wire_json(*value);
  if (!dialtone::is_utf8(written)) std::abort();
  const auto again = dialtone::parse_json(written);
  if (!again || dialtone::wire_json(*again) != written) std::abort();
  return 0;
}
