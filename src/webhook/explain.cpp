#include "webhook/explain.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "webhook/signature.hpp"
#include "webhook/url.hpp"

namespace dialtone::webhook {

std::string signed_text(std::string_view url, const FormPairs& params) {
  FormPairs sorted = params;
  std::ranges::sort(sorted);
  const auto [first, last] = std::ranges::unique(sorted);
  sorted.erase(first, last);
  std::string out(url);
  for (const auto& [name, value] : sorted) out += name + value;
  return out;
}

std::vector<Reading> other_readings(const std::string& url, const FormPairs& params) {
  std::vector<Reading> out;
  const auto parsed = parse_url(url);
  if (!parsed) return out;
  const auto add = [&](std::string what, std::string changed) {
    const bool known = std::ranges::any_of(out, [&](const Reading& each) { return each.url == changed; });
    if (changed != url && !known) out.push_back({.what = std::move(what), .url = std::move(changed), .params = params});
  };
  const std::string& authority = parsed->authority;
  const std::string& target = parsed->target;
  const std::string other = parsed->is_tls() ? "http" : "https";
  const std::string bare =
      authority.substr(0, authority.rfind(':') == std::string::npos || authority.ends_with(']') ? authority.size()
                                                                                                : authority.rfind(':'));
  const std::string port = parsed->is_tls() ? ":443" : ":80";
  add(fmt::format("the scheme was {} (TLS ends at a proxy: use X-Forwarded-Proto)", other),
      other + "://" + authority + target);
  add("the port was left out", parsed->scheme + "://" + bare + target);
  add(fmt::format("the default port {} was added", port), parsed->scheme + "://" + bare + port + target);
  add("scheme and port were others", other + "://" + bare + target);
  add("the host was localhost", parsed->scheme + "://localhost" + target);
  const std::size_t mark = target.find('?');
  const std::string path = target.substr(0, mark);
  const std::string query = mark == std::string::npos ? "" : target.substr(mark);
  add("a trailing slash was added", parsed->scheme + "://" + authority + path + "/" + query);
  if (path.size() > 1 && path.ends_with('/'))
    add("the trailing slash was left out",
        parsed->scheme + "://" + authority + path.substr(0, path.size() - 1) + query);
  if (!query.empty()) add("the query was left out", parsed->scheme + "://" + authority + path);
  if (!params.empty()) {
    out.push_back(
        {.what = "the parameters were left out (the body was not parsed as a form)", .url = url, .params = {}});
    FormPairs trimmed = params;
    std::erase_if(trimmed, [](const auto& pair) { return pair.second.empty(); });
    if (trimmed != params)
      out.push_back({.what = "empty parameters were left out", .url = url, .params = std::move(trimmed)});
  }
  return out;
}

}  // namespace dialtone::webhook
