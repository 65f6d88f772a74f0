#pragma once
// Addresses: of proxies, of another base, of the next page.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twilio::detail {

struct Url {
  std::string scheme;  // http or https
  std::string user;    // name:password, decoded
  std::string host;    // without brackets
  std::uint16_t port = 0;
  std::string target;  // path and query, from the slash
};

/// http and https only. Without a scheme it is taken as http, as curl does with proxies.
std::optional<Url> parse_url(std::string_view text);

/// Whether `no_proxy` (names with commas, * for all) or its being this machine spares the host a proxy.
bool spared_proxy(std::string_view host, std::string_view no_proxy);

/// api.twilio.com → api.sydney.au1.twilio.com
std::string regional_host(std::string_view host, std::string_view edge, std::string_view region);

}  // namespace twilio::detail
