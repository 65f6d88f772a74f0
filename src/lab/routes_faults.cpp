#include <fmt/format.h>

#include "lab/routes.hpp"

namespace dialtone::lab::routes {

void faults(Control& control, Faults& faults) {
  control.add("POST", "/faults", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(auto fault, parse_fault(request.body));
    DT_CO_TRY(const auto made, co_await faults.add(*request.principal.account, std::move(fault)));
    co_return json_response(made, 201);
  });
  control.add("GET", "/faults", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    json::array rows;
    for (auto& fault : faults.list(request.principal.account->sid)) rows.push_back(std::move(fault));
    co_return json_response(json::object{{"faults", std::move(rows)}});
  });
  control.add("GET", "/faults/{sid}", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    const auto found = faults.find(request.principal.account->sid, request.value("sid"));
    if (!found) co_return fail({errors::kNotFound, fmt::format("There is no fault {}", request.value("sid"))});
    co_return json_response(*found);
  });
  const auto gone = [] { return net::Response{.status = 204, .headers = {}, .body = {}}; };
  control.add("DELETE", "/faults/{sid}", [&, gone](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_CHECK(co_await faults.remove(request.principal.account->sid, request.value("sid")));
    co_return gone();
  });
  control.add("DELETE", "/faults", [&, gone](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_CHECK(co_await faults.clear(request.principal.account->sid));
    co_return gone();
  });
}

}  // namespace dialtone::lab::routes
