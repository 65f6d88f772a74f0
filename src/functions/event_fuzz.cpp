// Events of hostile requests: whatever the query, cookies and body are, the event is one JSON object or the request is
// refused.

#include <cstdlib>

#include "base/json.hpp"
#include "functions/event.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dialtone;
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto cut = std::min(bytes.find('\n'), bytes.size());
  net::Request request;
  request.target = "/a?";
  request.target += bytes.substr(0, cut);
  request.headers.add("Cookie", bytes.substr(0, cut));
  request.headers.add("Content-Type", data[0] % 2 == 0 ? "application/json" : "application/x-www-form-urlencoded");
  request.body = bytes.substr(std::min(cut + 1, bytes.size()));
  const auto parts = functions::read_event(request);
  if (!parts) return 0;
  std::string out;
  functions::append_event(out, request, *parts);
  json::parse_options options;
  options.max_depth = kJsonDepthMax + 2;
  options.allow_invalid_utf8 = true;
  boost::system::error_code error;
  const auto event = json::parse(out, error, {}, options);
  if (error || !event.is_object()) std::abort();
  return 0;
}
