#include "lab/routes.hpp"

namespace dialtone::lab::routes {

void snapshots(Control& control, Snapshots& snapshots) {
  const auto gone = [] { return net::Response{.status = 204, .headers = {}, .body = {}}; };
  control.add("POST", "/reset", [&, gone](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_CHECK(require_main_account(request));
    DT_CO_CHECK(co_await snapshots.reset());
    co_return gone();
  });
  control.add("POST", "/snapshots", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_CHECK(require_main_account(request));
    DT_CO_TRY(auto name, request.text("name"));
    DT_CO_TRY(const auto kept, co_await snapshots.take(std::move(name)));
    co_return json_response(kept, 201);
  });
  control.add("GET", "/snapshots", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_CHECK(require_main_account(request));
    json::array rows;
    for (auto& each : co_await snapshots.list()) rows.push_back(std::move(each));
    co_return json_response(json::object{{"snapshots", std::move(rows)}});
  });
  control.add("POST", "/snapshots/{name}/restore", [&, gone](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_CHECK(require_main_account(request));
    DT_CO_CHECK(co_await snapshots.restore(request.value("name")));
    co_return gone();
  });
  control.add("DELETE", "/snapshots/{name}", [&, gone](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_CHECK(require_main_account(request));
    DT_CO_CHECK(co_await snapshots.remove(request.value("name")));
    co_return gone();
  });
}

}  // namespace dialtone::lab::routes
