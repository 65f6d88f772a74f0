// JSON from outside: whatever is read is written so that it reads the same again.

#include <cstdlib>

#include "reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    twilio::Json value = twilio::Json::parse(text);
    std::string written = value.dump();
    if (twilio::Json::parse(written).dump() != written) std::abort();
  } catch (const std::invalid_argument&) {
  }
  try {
    twilio::detail::Reader reader(text);
    reader.skip();
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
