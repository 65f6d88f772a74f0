#include "functions/answer.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>

#include <fmt/format.h>

#include "net/text.hpp"

namespace dialtone::functions {
namespace {

using std::chrono::seconds;
constexpr seconds kCookieAgeMax = std::chrono::hours(24);

std::string_view trimmed(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// Seconds since 1970 of `Wed, 21 Oct 2026 07:28:00 GMT`, and of the older forms that browsers read.
std::optional<std::time_t> http_date(std::string_view text) {
  const std::string copy(text);
  for (const char* form :
       {"%a, %d %b %Y %H:%M:%S", "%a, %d-%b-%Y %H:%M:%S", "%A, %d-%b-%y %H:%M:%S", "%a %b %d %H:%M:%S %Y"}) {
    std::tm parts{};
    if (::strptime(copy.c_str(), form, &parts) != nullptr) return ::timegm(&parts);
  }
  return std::nullopt;
}

/// A name of a header field has no separators (RFC 9110, 5.6.2).
bool is_field_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return c > 0x20 && c < 0x7f && !std::string_view(R"("(),/:;<=>?@[\]{})").contains(c);
  });
}

/// The content type of a body whose form says all.
std::string_view type_of(frames::Form form) {
  switch (form) {
    case frames::Form::kText:
      return "text/plain";
    case frames::Form::kXml:
      return "text/xml";
    case frames::Form::kJson:
    case frames::Form::kHeaders:
      break;
  }
  return "application/json";
}

}  // namespace

Result<std::string> checked_cookie(std::string_view cookie, std::string_view host, TimePoint now) {
  std::string out;
  std::optional<long long> max_age;
  std::optional<std::time_t> expires;
  bool http_only = false;
  bool secure = false;
  for (bool first = true; !cookie.empty(); first = false) {
    const auto end = std::min(cookie.find(';'), cookie.size());
    const auto piece = trimmed(cookie.substr(0, end));
    cookie.remove_prefix(std::min(end + 1, cookie.size()));
    if (piece.empty()) continue;
    if (first) {
      out = piece;
      continue;
    }
    const auto equals = std::min(piece.find('='), piece.size());
    const auto name = trimmed(piece.substr(0, equals));
    const auto value = trimmed(piece.substr(std::min(equals + 1, piece.size())));
    if (net::same_text(name, "Domain")) continue;
    if (net::same_text(name, "HttpOnly")) http_only = true;
    if (net::same_text(name, "Secure")) secure = true;
    if (net::same_text(name, "Max-Age")) {
      long long number = 0;
      if (std::from_chars(value.data(), value.data() + value.size(), number).ec == std::errc()) max_age = number;
    }
    if (net::same_text(name, "Expires")) expires = http_date(value);
    out.append("; ").append(piece);
  }
  const auto age = max_age   ? seconds(*max_age)
                   : expires ? seconds(*expires) - std::chrono::duration_cast<seconds>(now.time_since_epoch())
                             : seconds(0);
  if (age > kCookieAgeMax) return fail(errors::kCookieTooOld);
  out.append("; Domain=").append(host);
  if (!http_only) out += "; HttpOnly";
  if (!secure) out += "; Secure";
  return out;
}

Result<net::Response> answer_of(Outcome outcome, std::string_view host, TimePoint now) {
  net::Response response{.status = outcome.status, .headers = {}, .body = std::move(outcome.body)};
  if (response.body.size() > kResponseBytesMax) return fail(errors::kResponseTooLarge);
  if (outcome.form != frames::Form::kHeaders) {
    response.header("Content-Type", std::string(type_of(outcome.form)));
    return response;
  }
  std::size_t bytes = 0;
  for (auto& [name, value] : outcome.headers) {
    bytes += name.size() + value.size();
    if (!is_field_name(name)) continue;
    if (net::same_text(name, "Set-Cookie")) {
      DT_TRY(value, checked_cookie(value, host, now));
    }
    response.header(std::move(name), std::move(value));
  }
  if (bytes > kHeaderBytesMax || outcome.headers.size() > kHeadersMax) return fail(errors::kHeadersTooLarge);
  return response;
}

bool fits(const net::Headers& headers) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto [name, value] = headers.at(i);
    bytes += name.size() + value.size();
  }
  return bytes <= kHeaderBytesMax && headers.size() <= kHeadersMax;
}

}  // namespace dialtone::functions
