#pragma once
// Addresses of channels other than SMS: `whatsapp:+14155551212`.

#include <string_view>

namespace dialtone::messaging {

struct ChannelAddress {
  std::string_view channel;  ///< empty: SMS
  std::string_view address;
};

/// `whatsapp:+1…` → {"whatsapp", "+1…"}; a plain number has no channel.
inline ChannelAddress split_channel(std::string_view address) {
  for (const std::string_view channel : {"whatsapp", "messenger", "rcs"}) {
    if (address.size() > channel.size() && address.starts_with(channel) && address[channel.size()] == ':') {
      return {channel, address.substr(channel.size() + 1)};
    }
  }
  return {{}, address};
}

}  // namespace dialtone::messaging
