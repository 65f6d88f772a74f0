// Whatever a worker sends: it is read or refused, and what was read lies within the bytes.

#include <cstdlib>

#include "functions/frames.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dialtone::functions;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  while (true) {
    const auto frame = frames::frame_size(bytes);
    if (!frame || *frame == 0 || *frame > bytes.size()) break;
    const auto read = frames::parse(bytes.substr(4, *frame - 4));
    if (read) {
      if (const auto* answer = std::get_if<frames::Answer>(&*read)) {
        if (answer->status < 200 || answer->status > 599) std::abort();
        if (answer->headers.size() > frames::kAnswerHeadersMax) std::abort();
      }
      if (const auto* line = std::get_if<frames::Log>(&*read)) {
        if (line->request_sid.size() != frames::kSidBytes) std::abort();
      }
    }
    bytes.remove_prefix(*frame);
  }
  return 0;
}
