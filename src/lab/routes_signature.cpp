#include <fmt/format.h>

#include "base/form.hpp"
#include "lab/routes.hpp"
#include "webhook/signature.hpp"
#include "webhook/url.hpp"

namespace dialtone::lab::routes {
namespace {

/// The exact text that is signed: the URL, then each parameter's name and value in order.
std::string signed_text(const std::string& url, FormPairs params) {
  std::ranges::sort(params);
  const auto [first, last] = std::ranges::unique(params);
  params.erase(first, last);
  std::string out = url;
  for (const auto& [name, value] : params) out += name + value;
  return out;
}

struct Variant {
  std::string what;  ///< how an app may have seen the URL otherwise
  std::string url;
  FormPairs params;
};

/// What an app behind a proxy, or one that reads its own URL wrongly, would have put together.
std::vector<Variant> variants(const std::string& url, const FormPairs& params) {
  std::vector<Variant> out;
  const auto parsed = webhook::parse_url(url);
  if (!parsed) return out;
  const auto add = [&](std::string what, std::string changed) {
    const bool known = std::ranges::any_of(out, [&](const Variant& each) { return each.url == changed; });
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

Task<Result<net::Response>> explain(ControlRequest& request) {
  DT_CO_TRY(const std::string configured, request.text("url"));
  const std::string url = webhook::signed_url(configured);
  FormPairs params;
  if (const auto* given = request.body.if_contains("params"); given && given->is_object()) {
    for (const auto& [name, value] : given->get_object()) {
      if (const auto* list = value.if_array()) {
        for (const auto& each : *list) {
          if (each.is_string()) params.emplace_back(name, each.get_string());
        }
      } else if (value.is_string()) {
        params.emplace_back(name, value.get_string());
      }
    }
  }
  const std::string& token = request.principal.account->auth_token;
  const std::string expected = webhook::sign(token, url, params);
  json::object out;
  out["url"] = url;
  out["signed_text"] = signed_text(url, params);
  out["signature"] = expected;
  const std::string given(text_of(request.body, "signature"));
  std::string verdict = given.empty() ? "no signature was given to compare with"
                                      : "no change that we know of gives this signature: is the auth token another?";
  if (given == expected) verdict = "the signature is right for this URL and these parameters";
  json::array others;
  for (const Variant& variant : variants(url, params)) {
    const std::string signature = webhook::sign(token, variant.url, variant.params);
    if (signature == given) verdict = "the signature fits when " + variant.what;
    others.push_back(json::object{{"if", variant.what}, {"url", variant.url}, {"signature", signature}});
  }
  out["verdict"] = verdict;
  out["variants"] = std::move(others);
  co_return json_response(out);
}

}  // namespace

void signature(Control& control) {
  control.add({.method = "POST",
               .path = "/signature/explain",
               .summary = "What was signed, and which other reading of the request would give a signature",
               .run = explain,
               .body = {{"url", "as configured"},
                        {"params", "object of the form's parameters"},
                        {"signature", "the one that was computed elsewhere"}}});
}

}  // namespace dialtone::lab::routes
