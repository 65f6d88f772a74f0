#include "lab/routes.hpp"

namespace dialtone::lab::routes {

void caller_ids(Control& control, messaging::CallerIds& caller_ids) {
  control.add(
      "POST", "/handsets/{number}/caller_id", [&caller_ids](ControlRequest& request) -> Task<Result<net::Response>> {
        DT_CO_TRY(std::string code, request.text("code"));
        DT_CO_TRY(const auto made,
                  co_await caller_ids.enter(request.principal.account, request.value("number"), std::move(code)));
        co_return json_response(made, 201);
      });
}

}  // namespace dialtone::lab::routes
