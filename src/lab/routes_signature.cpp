#include <fmt/format.h>

#include "base/form.hpp"
#include "lab/routes.hpp"
#include "webhook/explain.hpp"
#include "webhook/signature.hpp"
#include "webhook/url.hpp"

namespace dialtone::lab::routes {
namespace {

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
  out["signed_text"] = webhook::signed_text(url, params);
  out["signature"] = expected;
  const std::string given(text_of(request.body, "signature"));
  std::string verdict = given.empty() ? "no signature was given to compare with"
                                      : "no change that we know of gives this signature: is the auth token another?";
  if (given == expected) verdict = "the signature is right for this URL and these parameters";
  json::array others;
  for (const webhook::Reading& variant : webhook::other_readings(url, params)) {
    const std::string signature = webhook::sign(token, variant.url, variant.params);
    if (signature == given) verdict = "the signature fits when " + variant.what;
    others.push_back(json::object{{"if", variant.what}, {"url", variant.url}, {"signature", signature}});
  }
  out["verdict"] = verdict;
  out["variants"] = std::move(others);
  co_return json_response(out);
}

}  // namespace

void signature(Control& control) { control.add("POST", "/signature/explain", explain); }

}  // namespace dialtone::lab::routes
