// Set-Cookie headers as any server may write them.
#include "webhook/cookies.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto url = dialtone::webhook::parse_url("https://a.example.com/one/two");
  static const dialtone::TimePoint now{};
  const auto cookie = dialtone::webhook::parse_set_cookie({reinterpret_cast<const char*>(data), size}, *url, now);
  if (cookie && (cookie->name.empty() || cookie->path.empty() || cookie->host.empty())) __builtin_trap();
  return 0;
}
