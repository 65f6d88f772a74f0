#pragma once
// Server-sent events, as in the HTML standard, section 9.2.

#include <string>
#include <string_view>

namespace dialtone::net {

struct SseEvent {
  std::string_view id = {};     ///< left out when empty, or when it has a NUL
  std::string_view event = {};  ///< left out when empty
  std::string_view data = {};   ///< any text; each line gets a field of its own
};

/// Appends the event; line breaks in `id` and `event` become spaces.
void append_sse(std::string& out, const SseEvent& event);
[[nodiscard]] std::string sse(const SseEvent& event);
/// A comment that keeps the connection alive.
inline constexpr std::string_view kSseKeepAlive = ": keep-alive\n\n";

}  // namespace dialtone::net
