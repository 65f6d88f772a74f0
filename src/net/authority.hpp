#pragma once
// `host:port` as it stands in Host, in CONNECT and in absolute-form targets (RFC 9112, section 3.2).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dialtone::net {

struct Authority {
  std::string host;                   ///< lower case; IPv6 without its brackets
  std::optional<std::uint16_t> port;  ///< absent when not named
  friend bool operator==(const Authority&, const Authority&) = default;
};

/// Empty when the text is no authority, carries user information or percent escapes, or its port is not a port.
std::optional<Authority> parse_authority(std::string_view text);

struct AbsoluteTarget {
  bool https = false;
  Authority authority;
  std::string origin;  ///< `/path?query`
};
/// Splits `http://host:port/path?query`. Empty for another scheme or a bad authority.
std::optional<AbsoluteTarget> parse_absolute_target(std::string_view target);

}  // namespace dialtone::net
