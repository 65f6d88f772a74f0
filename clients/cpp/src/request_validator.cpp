#include "twilio/request_validator.hpp"

#include <algorithm>

#include "digest.hpp"

namespace twilio {

namespace {

/// The address with its host's port taken away, and with the scheme's own put there when there is none.
std::pair<std::string, std::string> without_and_with_port(std::string_view url) {
  std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {std::string(url), std::string(url)};
  std::size_t begin = scheme + 3;
  std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  std::size_t at = url.substr(0, end).rfind('@');
  std::size_t host = at == std::string_view::npos || at < begin ? begin : at + 1;
  std::size_t bracket = url.substr(0, end).rfind(']');
  std::size_t from = bracket == std::string_view::npos || bracket < host ? host : bracket;
  std::size_t colon = std::min(url.substr(0, end).find(':', from), end);
  std::string bare = std::string(url.substr(0, colon)) + std::string(url.substr(end));
  if (colon < end) return {bare, std::string(url)};
  bool secure = scheme == 5 && (url[4] == 's' || url[4] == 'S');
  return {bare, std::string(url.substr(0, end)) + (secure ? ":443" : ":80") + std::string(url.substr(end))};
}

/// The value of bodySHA256 in the query.
std::string_view body_hash(std::string_view url) {
  constexpr std::string_view kName = "bodySHA256=";
  for (std::size_t at = url.find('?'); at != std::string_view::npos; at = url.find('&', at + 1)) {
    std::string_view rest = url.substr(at + 1);
    if (rest.starts_with(kName)) return rest.substr(kName.size(), rest.find_first_of("&#") - kName.size());
  }
  return {};
}

}  // namespace

std::string RequestValidator::signature(std::string_view url, const Parameters& parameters) const {
  Parameters sorted = parameters;
  std::sort(sorted.begin(), sorted.end());
  // A parameter that comes twice with one value counts once.
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::string text(url);
  for (const auto& [name, value] : sorted) text += name + value;
  return detail::base64(detail::hmac("SHA1", auth_token_, text));
}

bool RequestValidator::validate(std::string_view given, std::string_view url, const Parameters& parameters) const {
  auto [without, with] = without_and_with_port(url);
  bool first = detail::same(given, signature(without, parameters));
  bool second = detail::same(given, signature(with, parameters));
  return first || second;
}

bool RequestValidator::validate_body(std::string_view given, std::string_view url, std::string_view body) const {
  std::string hash(body_hash(url));
  for (char& c : hash) c = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  return validate(given, url) && detail::same(hash, detail::sha256_hex(body));
}

}  // namespace twilio
