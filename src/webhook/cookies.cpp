#include "webhook/cookies.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address.hpp>

namespace dialtone::webhook {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The piece before the next `;`, which is taken off.
std::string_view next_piece(std::string_view& text) {
  const std::size_t end = std::min(text.find(';'), text.size());
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trim(piece);
}

bool is_printable(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::string_view path_of(const Url& url) { return std::string_view(url.target).substr(0, url.target.find('?')); }

/// RFC 6265, 5.1.4: the directory of the URL's path.
std::string default_path(const Url& url) {
  const std::string_view path = path_of(url);
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : std::string(path.substr(0, slash));
}

bool is_below(std::string_view host, std::string_view domain) {
  return host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.';
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  (void)boost::asio::ip::make_address(host, error);
  return !error;
}

bool is_for(const Cookie& cookie, const Url& url) {
  if (cookie.secure && !url.is_tls()) return false;
  if (url.host != cookie.host && (cookie.host_only || !is_below(url.host, cookie.host))) return false;
  const std::string_view path = path_of(url);
  if (!path.starts_with(cookie.path)) return false;
  return path.size() == cookie.path.size() || cookie.path.ends_with('/') || path[cookie.path.size()] == '/';
}

}  // namespace

std::optional<Cookie> parse_set_cookie(std::string_view header, const Url& url, TimePoint now) {
  if (header.size() > kCookieBytesMax || !is_printable(header)) return std::nullopt;
  const std::string_view pair = next_piece(header);
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos || trim(pair.substr(0, equals)).empty()) return std::nullopt;
  Cookie cookie{.name = std::string(trim(pair.substr(0, equals))),
                .value = std::string(trim(pair.substr(equals + 1))),
                .host = url.host,
                .path = default_path(url)};
  bool has_max_age = false;
  while (!header.empty()) {
    const std::string_view attribute = next_piece(header);
    const std::size_t at = std::min(attribute.find('='), attribute.size());
    const std::string name = to_lower(trim(attribute.substr(0, at)));
    const std::string_view value = at < attribute.size() ? trim(attribute.substr(at + 1)) : std::string_view{};
    if (name == "secure") {
      cookie.secure = true;
    } else if (name == "path" && value.starts_with('/')) {
      cookie.path = value;
    } else if (name == "domain" && !value.empty()) {
      const std::string domain = to_lower(value.starts_with('.') ? value.substr(1) : value);
      if (domain == url.host) {
        cookie.host_only = is_address(domain);
        continue;
      }
      // A whole top-level domain is nobody's.
      if (domain.find('.') == std::string::npos || !is_below(url.host, domain) || is_address(url.host)) {
        return std::nullopt;
      }
      cookie.host = domain;
      cookie.host_only = false;
    } else if (name == "max-age") {
      std::int64_t seconds = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
      if (error != std::errc() || end != value.data() + value.size()) continue;
      has_max_age = true;
      const std::int64_t bounded = std::clamp<std::int64_t>(seconds, 0, 366LL * 24 * 3600);
      cookie.expires = bounded == 0 ? now : now + std::chrono::seconds(bounded);
    } else if (name == "expires" && !has_max_age) {
      if (const auto time = parse_time(value)) cookie.expires = time->time;
    }
  }
  return cookie;
}

void CookieJar::drop_old() {
  const TimePoint oldest = clock_.now() - kConversationMaxAge;
  while (!order_.empty() && (order_.front().last_used <= oldest || order_.size() > kConversationsMax)) {
    conversations_.erase(order_.front().key);
    order_.pop_front();
  }
}

CookieJar::Conversation* CookieJar::find(const std::string& key) {
  drop_old();
  const auto found = conversations_.find(key);
  if (found == conversations_.end()) return nullptr;
  found->second->last_used = clock_.now();
  order_.splice(order_.end(), order_, found->second);
  return &*found->second;
}

void CookieJar::keep(const std::string& conversation, const Url& url, std::string_view set_cookie) {
  const TimePoint now = clock_.now();
  auto cookie = parse_set_cookie(set_cookie, url, now);
  if (!cookie) return;
  Conversation* kept = find(conversation);
  if (!kept) {
    order_.push_back({.key = conversation, .last_used = now, .cookies = {}});
    conversations_[conversation] = std::prev(order_.end());
    drop_old();
    kept = &order_.back();
  }
  std::erase_if(kept->cookies, [&](const Cookie& old) {
    return (old.name == cookie->name && old.host == cookie->host && old.path == cookie->path) ||
           (old.expires && *old.expires <= now);
  });
  if (cookie->expires && *cookie->expires <= now) return;
  if (kept->cookies.size() == kCookiesPerConversationMax) kept->cookies.erase(kept->cookies.begin());
  kept->cookies.push_back(std::move(*cookie));
}

std::string CookieJar::header(const std::string& conversation, const Url& url) {
  std::string out;
  if (conversations_.empty()) return out;
  const Conversation* kept = find(conversation);
  if (!kept) return out;
  const TimePoint now = clock_.now();
  std::vector<const Cookie*> fitting;
  for (const Cookie& cookie : kept->cookies) {
    if ((!cookie.expires || *cookie.expires > now) && is_for(cookie, url)) fitting.push_back(&cookie);
  }
  // Longer paths first (RFC 6265, 5.4); else in the order of their making, which is that of their places.
  std::ranges::sort(fitting, [](const Cookie* a, const Cookie* b) {
    return a->path.size() != b->path.size() ? a->path.size() > b->path.size() : std::less{}(a, b);
  });
  for (const Cookie* cookie : fitting) {
    if (!out.empty()) out += "; ";
    out.append(cookie->name).append("=").append(cookie->value);
  }
  return out;
}

}  // namespace dialtone::webhook
