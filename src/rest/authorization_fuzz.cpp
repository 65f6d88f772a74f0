#include "rest/authorization.hpp"

#include <cstdlib>

#include "base/base64.hpp"

/// What was read, written again, reads the same; what is refused is refused with 401.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using dialtone::rest::parse_authorization;
  const auto first = parse_authorization({reinterpret_cast<const char*>(data), size});
  if (!first) {
    if (first.error().status != 401 || first.error().code != 20003) std::abort();
    return 0;
  }
  if (first->user.find(':') != std::string::npos) std::abort();
  const auto again = parse_authorization("Basic " + dialtone::base64_encode(first->user + ':' + first->password));
  // Written again it may be a few bytes longer than the limit: "basic " needs no more room, but padding may.
  if (again && (again->user != first->user || again->password != first->password)) std::abort();
  return 0;
}
