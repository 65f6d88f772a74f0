// Reading requests from hostile bytes: whatever comes in, and however it is cut into pieces, the reader must not crash,
// must hold no more than its limits, and must understand the same requests.

#include <cstdlib>

#include "net/proxy.hpp"
#include "net/request_reader.hpp"
#include "net/text.hpp"

namespace {

using namespace dialtone::net;
using Progress = RequestReader::Progress;

constexpr ReadLimits kLimits{.header_bytes_max = 2048, .header_count_max = 20, .body_bytes_max = 4096};

void require(bool condition) {
  if (!condition) std::abort();
}

/// What was understood of all the requests in `bytes`, fed `step` bytes at a time.
std::string read_all(std::string_view bytes, std::size_t step) {
  Request request;
  RequestReader reader(request, kLimits);
  std::string understood;
  std::string buffer;
  reader.begin(false);
  while (true) {
    std::string_view input = buffer;
    const auto progress = reader.read(input);
    buffer.erase(0, buffer.size() - input.size());
    require(request.body.size() <= kLimits.body_bytes_max);
    require(request.headers.size() <= kLimits.header_count_max);
    if (progress == Progress::kRejected) {
      require(reader.rejection().status >= 400);
      return understood;
    }
    if (progress == Progress::kHead) {
      require(reader.form() == TargetForm::kAuthority || request.target.starts_with('/') || request.target == "*");
      for (std::size_t i = 0; i < request.headers.size(); ++i) {
        const auto [name, value] = request.headers.at(i);
        require(value.find_first_of("\r\n") == std::string_view::npos);
        is_hop_by_hop(name, request.header("Connection"));
      }
    } else if (progress == Progress::kDone) {
      understood += request.method + ' ' + request.host + ' ' + request.target + ' ' + request.body + '\n';
      reader.begin(false);
    } else {
      require(buffer.size() < kLimits.header_bytes_max);
      if (bytes.empty()) return understood;
      buffer.append(bytes.substr(0, step));
      bytes.remove_prefix(std::min(step, bytes.size()));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = read_all(bytes, bytes.size() + 1);
  const auto pieces = read_all(bytes, 7);
  // What is wrong, or over a limit, may be noticed sooner or later; what is understood may not differ.
  if (size < kLimits.header_bytes_max) require(whole == pieces);
  if (const auto authority = parse_authority(bytes)) {
    require(authority->host.find_first_of("\r\n @/") == std::string::npos && authority->port != 0);
  }
  if (const auto target = parse_absolute_target(bytes)) require(target->origin.starts_with('/'));
  return 0;
}
