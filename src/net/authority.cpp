#include "net/authority.hpp"

#include <charconv>

#include <boost/url/parse.hpp>

#include "net/text.hpp"

namespace dialtone::net {
namespace {

constexpr std::size_t kHostBytesMax = 255;

}  // namespace

std::optional<Authority> parse_authority(std::string_view text) {
  const auto parsed = boost::urls::parse_authority(text);
  if (!parsed || parsed->has_userinfo()) return std::nullopt;
  // For an IPv6 address this is what stands between the brackets.
  const auto host = parsed->encoded_host_address();
  if (host.size() > kHostBytesMax || host.contains('%')) return std::nullopt;
  Authority authority;
  authority.host.assign(host.data(), host.size());
  for (char& c : authority.host) c = lower(c);
  if (parsed->has_port() && !parsed->port().empty()) {
    // Boost 1.81 takes digits without end for a port.
    const std::string_view digits(parsed->port().data(), parsed->port().size());
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size() || port == 0) return std::nullopt;
    authority.port = port;
  }
  return authority;
}

std::optional<AbsoluteTarget> parse_absolute_target(std::string_view target) {
  AbsoluteTarget result;
  const auto colon = target.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const auto scheme = target.substr(0, colon);
  if (same_text(scheme, "https")) {
    result.https = true;
  } else if (!same_text(scheme, "http")) {
    return std::nullopt;
  }
  target.remove_prefix(colon + 3);
  const auto path = target.find_first_of("/?#");
  auto authority = parse_authority(target.substr(0, path));
  if (!authority || authority->host.empty()) return std::nullopt;
  result.authority = *std::move(authority);
  if (path != std::string_view::npos) result.origin = target.substr(path);
  if (!result.origin.starts_with('/')) result.origin.insert(0, 1, '/');
  return result;
}

}  // namespace dialtone::net
