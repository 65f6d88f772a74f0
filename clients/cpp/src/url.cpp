#include "url.hpp"

#include <algorithm>
#include <charconv>

namespace twilio::detail {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  Url url;
  url.scheme = "http";
  if (auto at = text.find("://"); at != std::string_view::npos) {
    url.scheme = lower(text.substr(0, at));
    text.remove_prefix(at + 3);
  }
  if (url.scheme != "http" && url.scheme != "https") return {};
  std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, end);
  std::string_view rest = text.substr(end);
  rest = rest.substr(0, rest.find('#'));
  url.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  if (auto at = authority.rfind('@'); at != std::string_view::npos) {
    url.user = unescape(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  url.port = url.scheme == "https" ? 443 : 80;
  std::size_t colon = authority.rfind(':');
  if (authority.starts_with('[')) {
    std::size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos) return {};
    url.host = lower(authority.substr(1, bracket - 1));
    colon = bracket + 1 < authority.size() ? bracket + 1 : std::string_view::npos;
    if (colon != std::string_view::npos && authority[colon] != ':') return {};
  } else {
    url.host = lower(authority.substr(0, colon));
  }
  if (colon != std::string_view::npos) {
    std::string_view digits = authority.substr(colon + 1);
    auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (!digits.empty() && (error != std::errc() || last != digits.data() + digits.size() || url.port == 0)) return {};
  }
  auto plain = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](unsigned char c) { return c > 0x20 && c != 0x7F; });
  };
  if (url.host.empty() || !plain(url.host) || !plain(url.target)) return {};
  return url;
}

bool spared_proxy(std::string_view host, std::string_view no_proxy) {
  if (host == "localhost" || host.starts_with("127.") || host == "::1") return true;
  std::string name = lower(host);
  while (!no_proxy.empty()) {
    std::size_t comma = std::min(no_proxy.find(','), no_proxy.size());
    std::string each = lower(no_proxy.substr(0, comma));
    no_proxy.remove_prefix(std::min(comma + 1, no_proxy.size()));
    std::erase(each, ' ');
    if (each == "*") return true;
    each.erase(std::min(each.rfind(':'), each.size()));
    if (each.starts_with('.')) each.erase(0, 1);
    if (!each.empty() && (name == each || (name.size() > each.size() && name.ends_with(each) &&
                                           name[name.size() - each.size() - 1] == '.')))
      return true;
  }
  return false;
}

std::string regional_host(std::string_view host, std::string_view edge, std::string_view region) {
  constexpr std::string_view kDomain = ".twilio.com";
  if ((edge.empty() && region.empty()) || !host.ends_with(kDomain)) return std::string(host);
  std::string_view rest = host.substr(0, host.size() - kDomain.size());
  std::size_t dot = rest.find('.');
  std::string product(rest.substr(0, dot));
  std::string own_edge, own_region;
  if (dot != std::string_view::npos) {
    own_region = rest.substr(dot + 1);
    if (std::size_t second = own_region.find('.'); second != std::string::npos) {
      own_edge = own_region.substr(0, second);
      own_region.erase(0, second + 1);
    }
  }
  if (!edge.empty()) own_edge = edge;
  if (!region.empty()) own_region = region;
  if (own_region.empty()) own_region = "us1";
  std::string out = product;
  if (!own_edge.empty()) out += "." + own_edge;
  return out + "." + own_region + std::string(kDomain);
}

}  // namespace twilio::detail
