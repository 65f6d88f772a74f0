#include <cstdint>
#include <cstdlib>

#include "webhook/challenge.hpp"

/// Whatever is asked, the answer is one line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace w = dialtone::webhook;
  const auto challenges = w::parse_challenges({reinterpret_cast<const char*>(data), size});
  const auto out = w::answer(challenges, {"user", "secret"}, {"POST", "/", "0a4f113b"});
  if (out && out->find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) std::abort();
  return 0;
}
