#include <cstdlib>

#include "base/e164.hpp"

/// Any number that is read is read again from its own text, with the same result.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto number = dialtone::E164::parse(text);
  if (number) {
    const auto again = dialtone::E164::parse(number->text());
    if (!again || *again != *number) std::abort();
    (void)number->country();
    (void)number->national_format();
  }
  (void)dialtone::is_short_code(text);
  (void)dialtone::is_alphanumeric_sender(text);
  return 0;
}
