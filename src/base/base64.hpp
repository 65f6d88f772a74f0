#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dialtone {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// Standard alphabet with padding; nullopt for anything else.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

/// Equal, in time that depends on the length of `given` only.
[[nodiscard]] bool equal_in_constant_time(std::string_view given, std::string_view secret);

}  // namespace dialtone
