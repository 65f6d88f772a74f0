#include "rest/permissions.hpp"

/// A policy of any text is read or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const dialtone::json::object policy{{"allow", dialtone::json::array{dialtone::json::value(text)}}};
  static_cast<void>(dialtone::rest::Permissions::parse(policy));
  if (const auto parsed = dialtone::parse_json(text); parsed && parsed->is_object())
    static_cast<void>(dialtone::rest::Permissions::parse(parsed->get_object()));
  return 0;
}
