#pragma once
// A place that goes with a WhatsApp message: `geo:37.787890,-122.391664|375 Beale St`, latitude first, with an optional
// label. Source: PersistentAction of the Messages resource; Twilio, location messages with WhatsApp.

#include <optional>
#include <string>
#include <string_view>

namespace dialtone::messaging {

struct Location {
  double latitude = 0;   ///< degrees, -90 to 90
  double longitude = 0;  ///< degrees, -180 to 180
  std::string label = {};
};

/// Nullopt for what is no such text.
[[nodiscard]] std::optional<Location> parse_location(std::string_view text);

}  // namespace dialtone::messaging
