#include "webhook/url.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/form.hpp"

namespace dialtone::webhook {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kHex = "0123456789ABCDEF";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

bool is_alpha(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The five pieces of RFC 3986, appendix B; absent ones are told from empty ones.
struct Pieces {
  std::optional<std::string_view> scheme, authority;
  std::string_view path;
  std::optional<std::string_view> query, fragment;
};

Pieces split(std::string_view text) {
  Pieces pieces;
  if (const auto at = text.find('#'); at != std::string_view::npos) {
    pieces.fragment = text.substr(at + 1);
    text = text.substr(0, at);
  }
  if (const auto at = text.find('?'); at != std::string_view::npos) {
    pieces.query = text.substr(at + 1);
    text = text.substr(0, at);
  }
  if (const auto at = text.find_first_of(":/"); at != std::string_view::npos && text[at] == ':' && at > 0) {
    const auto in_scheme = [](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; };
    if (is_alpha(text[0]) && std::ranges::all_of(text.substr(0, at), in_scheme)) {
      pieces.scheme = text.substr(0, at);
      text.remove_prefix(at + 1);
    }
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const std::size_t end = std::min(text.find('/'), text.size());
    pieces.authority = text.substr(0, end);
    text.remove_prefix(end);
  }
  pieces.path = text;
  return pieces;
}

/// RFC 3986, 5.2.4.
std::string without_dot_segments(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, end);  // with its leading slash
    const bool last = end == path.size();
    if (segment == "/." || segment == "." || segment == "/.." || segment == "..") {
      if (segment.ends_with("..")) out.resize(std::min(out.rfind('/'), out.size()));
      if (segment.ends_with("..") && out.find('/') == std::string::npos) out.clear();
      if (last) out += '/';
    } else {
      out += segment;
    }
    path.remove_prefix(end);
  }
  return out;
}

/// A request line holds visible ASCII only; whatever else the owner wrote is percent-encoded.
void append_target(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && c != '"' && c != '<' && c != '>') {
      out += c;
    } else {
      const std::array<char, 3> escaped{'%', kHex[byte >> 4], kHex[byte & 15]};
      out.append(escaped.data(), escaped.size());
    }
  }
}

bool is_host_name(std::string_view host) {
  const auto allowed = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; };
  return !host.empty() && host.size() <= 253 && host.front() != '.' && host.find("..") == std::string_view::npos &&
         std::ranges::all_of(host, allowed);
}

bool is_bracketed_address(std::string_view host) {
  const auto allowed = [](char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f') || c == ':' || c == '.';
  };
  return host.size() > 4 && host.starts_with('[') && host.ends_with(']') &&
         std::ranges::all_of(host.substr(1, host.size() - 2), allowed);
}

template <typename Int>
std::optional<Int> to_number(std::string_view text) {
  Int number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

Result<void> read_authority(std::string_view authority, Url& url) {
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    const std::string_view user_info = authority.substr(0, at);
    const std::size_t colon = std::min(user_info.find(':'), user_info.size());
    url.user = percent_decode(user_info.substr(0, colon));
    url.password = percent_decode(user_info.substr(std::min(colon + 1, user_info.size())));
    authority.remove_prefix(at + 1);
  }
  url.authority = authority;
  url.port = url.is_tls() ? 443 : 80;
  const std::size_t host_end = authority.starts_with('[') ? authority.find(']') : 0;
  if (host_end == std::string_view::npos) return fail(errors::kMalformedUrl);
  if (const auto colon = authority.find(':', host_end); colon != std::string_view::npos) {
    const std::string_view digits = authority.substr(colon + 1);
    const auto port = to_number<std::uint16_t>(digits);
    if (!digits.empty() && (!port || *port == 0)) return fail(errors::kMalformedUrl);
    if (port) url.port = *port;
    authority = authority.substr(0, colon);
    if (digits.empty()) url.authority = authority;
  }
  if (is_bracketed_address(authority)) {
    url.host = to_lower(authority.substr(1, authority.size() - 2));
    return {};
  }
  if (!is_host_name(authority)) return fail(errors::kMalformedUrl);
  url.host = to_lower(authority);
  return {};
}

Result<RetryPolicy> read_retry_policy(std::string_view list) {
  RetryPolicy policy{.connect_timeout = false};
  while (true) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view each = list.substr(0, end);
    if (each == "4xx") {
      policy.client_error = true;
    } else if (each == "5xx") {
      policy.server_error = true;
    } else if (each == "ct") {
      policy.connect_timeout = true;
    } else if (each == "rt") {
      policy.read_timeout = true;
    } else if (each == "all") {
      policy = {.client_error = true, .server_error = true, .connect_timeout = true, .read_timeout = true};
    } else {
      return fail(errors::kInvalidRetryPolicy);
    }
    if (end == list.size()) return policy;
    list.remove_prefix(end + 1);
  }
}

bool is_edge(std::string_view name) {
  constexpr std::array<std::string_view, 8> kEdges{"ashburn",   "dublin", "frankfurt", "sao-paulo",
                                                   "singapore", "sydney", "tokyo",     "umatilla"};
  return name.ends_with("-ix") || std::ranges::find(kEdges, name) != kEdges.end();
}

/// `value` within the range; unchanged `current` when it is no number.
template <typename T>
T in_range(std::string_view value, T current, std::int64_t low, std::int64_t high) {
  const auto number = to_number<std::int64_t>(value);
  return number ? T(std::clamp(*number, low, high)) : current;
}

Result<ConnectionOptions> read_options(std::string_view fragment) {
  ConnectionOptions options;
  const auto pairs = form_decode(fragment);
  if (!pairs) return fail(errors::kMalformedUrl);
  for (const auto& [key, value] : *pairs) {
    if (key == "ct") {
      options.connect_timeout = in_range(value, options.connect_timeout, 100, 10000);
    } else if (key == "rt") {
      options.read_timeout = in_range(value, options.read_timeout, 100, 15000);
    } else if (key == "tt") {
      options.total_timeout = in_range(value, options.total_timeout, 100, 15000);
    } else if (key == "rc") {
      options.retries = static_cast<int>(in_range<std::int64_t>(value, options.retries, 0, 5));
    } else if (key == "rp") {
      DT_TRY(options.retry_policy, read_retry_policy(value));
    } else if (key == "sni") {
      options.verify_name = value != "n";
    } else if (key == "e") {
      for (std::string_view rest = value;;) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        if (!is_edge(rest.substr(0, end))) return fail(errors::kInvalidEdge);
        if (end == rest.size()) break;
        rest.remove_prefix(end + 1);
      }
    }
  }
  return options;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kUrlBytesMax) return fail(errors::kMalformedUrl);
  const Pieces pieces = split(text);
  if (!pieces.scheme || !pieces.authority) return fail(errors::kMalformedUrl);
  Url url;
  url.scheme = to_lower(*pieces.scheme);
  if (url.scheme != "http" && url.scheme != "https") return fail(errors::kMalformedUrl);
  DT_CHECK(read_authority(*pieces.authority, url));
  if (pieces.path.empty()) url.target = "/";
  append_target(url.target, pieces.path);
  if (pieces.query) {
    url.target += '?';
    append_target(url.target, *pieces.query);
  }
  if (pieces.fragment) {
    DT_TRY(url.options, read_options(*pieces.fragment));
  }
  return url;
}

Result<std::string> resolve_url(std::string_view base, std::string_view reference) {
  const Pieces from = split(base);
  if (!from.scheme || !from.authority) return fail(errors::kMalformedUrl);
  const Pieces to = split(reference);
  std::string out(to.scheme.value_or(*from.scheme));
  out += "://";
  std::optional<std::string_view> query = to.query;
  if (to.scheme || to.authority) {
    if (!to.authority) return fail(errors::kMalformedUrl);
    out += *to.authority;
    out += without_dot_segments(to.path);
  } else {
    out += *from.authority;
    if (to.path.empty()) {
      out += from.path;
      if (!to.query) query = from.query;
    } else if (to.path.starts_with('/')) {
      out += without_dot_segments(to.path);
    } else {
      const std::size_t slash = from.path.rfind('/');
      std::string merged(slash == std::string_view::npos ? "/" : from.path.substr(0, slash + 1));
      merged += to.path;
      out += without_dot_segments(merged);
    }
  }
  if (query) {
    out += '?';
    out += *query;
  }
  if (to.fragment) {
    out += '#';
    out += *to.fragment;
  }
  DT_TRY([[maybe_unused]] const auto parsed, parse_url(out));
  return out;
}

std::string with_query(std::string_view url, std::string_view query) {
  if (query.empty()) return std::string(url);
  const std::size_t fragment = std::min(url.find('#'), url.size());
  std::string out(url.substr(0, fragment));
  const std::size_t mark = out.find('?');
  if (mark == std::string::npos) {
    out += '?';
  } else if (mark + 1 != out.size() && out.back() != '&') {
    out += '&';
  }
  out += query;
  out += url.substr(fragment);
  return out;
}

}  // namespace dialtone::webhook
