#include <cstdlib>

#include "base/json.hpp"
#include "base/utf8.hpp"

namespace {

bool has_fraction(const dialtone::json::value& value) {
  if (const auto* array = value.if_array()) return std::ranges::any_of(*array, has_fraction);
  if (const auto* object = value.if_object()) {
    return std::ranges::any_of(*object, [](const auto& member) { return has_fraction(member.value()); });
  }
  return value.is_double();
}

}  // namespace

/// What is read is written as valid UTF-8 and can be read again, as the same. (Fractions may be off in their last bit:
/// Boost 1.81 does not read them exactly.)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = dialtone::parse_json({reinterpret_cast<const char*>(data), size});
  if (!value) {
    if (value.error().status != 400) std::abort();
    return 0;
  }
  const std::string written = dialtone::wire_json(*value);
  if (!dialtone::is_utf8(written)) std::abort();
  const auto again = dialtone::parse_json(written);
  if (!again) std::abort();
  if (!has_fraction(*value) && dialtone::wire_json(*again) != written) std::abort();
  return 0;
}
