#include "lab/routes.hpp"

namespace dialtone::lab::routes {
namespace {

std::optional<std::string> member(const ControlRequest& request, std::string_view name) {
  const json::value* value = request.body.if_contains(name);
  return value && value->is_string() ? std::optional(std::string(value->get_string())) : std::nullopt;
}

}  // namespace

void bins(Control& control, dialtone::bins::Bins& bins) {
  control.add("GET", "/bins", [&bins](ControlRequest& request) -> Task<Result<net::Response>> {
    json::array out;
    for (auto& bin : co_await bins.list(request.principal.account->sid)) out.push_back(std::move(bin));
    co_return json_response(json::object{{"bins", std::move(out)}});
  });
  control.add("POST", "/bins", [&bins](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(auto name, request.text("friendly_name"));
    DT_CO_TRY(auto twiml, request.text("twiml"));
    DT_CO_TRY(const auto made, co_await bins.create(request.principal.account->sid, std::move(name), std::move(twiml)));
    co_return json_response(made, 201);
  });
  control.add("POST", "/bins/validate", [](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(const auto twiml, request.text("twiml"));
    json::array out;
    for (const auto& finding : dialtone::bins::examine(twiml))
      out.push_back(
          json::object{{"line", finding.line}, {"level", finding.error ? "error" : "warning"}, {"text", finding.text}});
    co_return json_response(json::object{{"findings", std::move(out)}});
  });
  control.add("GET", "/bins/{sid}", [&bins](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(const auto bin, co_await bins.fetch(request.principal.account->sid, request.value("sid")));
    co_return json_response(bin);
  });
  control.add("POST", "/bins/{sid}", [&bins](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(const auto bin, co_await bins.update(request.principal.account->sid, request.value("sid"),
                                                   member(request, "friendly_name"), member(request, "twiml")));
    co_return json_response(bin);
  });
  control.add("DELETE", "/bins/{sid}", [&bins](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_CHECK(co_await bins.remove(request.principal.account->sid, request.value("sid")));
    co_return net::Response{.status = 204, .headers = {}, .body = {}};
  });
}

}  // namespace dialtone::lab::routes
