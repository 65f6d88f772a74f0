#include "lab/routes.hpp"

namespace dialtone::lab::routes {

void snapshots(Control& control, Snapshots& snapshots) {
  const auto gone = [] { return net::Response{.status = 204, .headers = {}, .body = {}}; };
  control.add({.method = "POST",
               .path = "/reset",
               .summary = "Back to the state after the first start",
               .run = [&, gone](ControlRequest& request) -> Task<Result<net::Response>> {
                 DT_CO_CHECK(require_main_account(request));
                 DT_CO_CHECK(co_await snapshots.reset());
                 co_return gone();
               }});
  control.add({.method = "POST",
               .path = "/snapshots",
               .summary = "Keeps the whole state under a name, in place of what had that name",
               .run = [&](ControlRequest& request) -> Task<Result<net::Response>> {
                 DT_CO_CHECK(require_main_account(request));
                 DT_CO_TRY(auto name, request.text("name"));
                 DT_CO_TRY(const auto kept, co_await snapshots.take(std::move(name)));
                 co_return json_response(kept, 201);
               },
               .body = {{"name", "letters, digits, dots, dashes and underscores"}}});
  control.add({.method = "GET",
               .path = "/snapshots",
               .summary = "All snapshots",
               .run = [&](ControlRequest& request) -> Task<Result<net::Response>> {
                 DT_CO_CHECK(require_main_account(request));
                 json::array rows;
                 for (auto& each : co_await snapshots.list()) rows.push_back(std::move(each));
                 co_return json_response(json::object{{"snapshots", std::move(rows)}});
               }});
  control.add({.method = "POST",
               .path = "/snapshots/{name}/restore",
               .summary = "Brings a snapshot back",
               .run = [&, gone](ControlRequest& request) -> Task<Result<net::Response>> {
                 DT_CO_CHECK(require_main_account(request));
                 DT_CO_CHECK(co_await snapshots.restore(request.value("name")));
                 co_return gone();
               }});
  control.add({.method = "DELETE",
               .path = "/snapshots/{name}",
               .summary = "Removes a snapshot",
               .run = [&, gone](ControlRequest& request) -> Task<Result<net::Response>> {
                 DT_CO_CHECK(require_main_account(request));
                 DT_CO_CHECK(co_await snapshots.remove(request.value("name")));
                 co_return gone();
               }});
}

}  // namespace dialtone::lab::routes
