#include "lab/routes.hpp"

namespace dialtone::lab::routes {

void caller_ids(Control& control, messaging::CallerIds& caller_ids) {
  control.add({.method = "POST",
               .path = "/handsets/{number}/caller_id",
               .summary = "The handset enters the code that lets its number be a caller ID",
               .run = [&caller_ids](ControlRequest& request) -> Task<Result<net::Response>> {
                 DT_CO_TRY(std::string code, request.text("code"));
                 DT_CO_TRY(const auto made, co_await caller_ids.enter(request.principal.account,
                                                                      request.value("number"), std::move(code)));
                 co_return json_response(made, 201);
               },
               .body = {{"code", "the six digits that the API gave and the handset was sent"}}});
}

}  // namespace dialtone::lab::routes
