#include <fmt/format.h>

#include "lab/routes.hpp"

namespace dialtone::lab::routes {

void faults(Control& control, Faults& faults) {
  control.add({.method = "POST",
               .path = "/faults",
               .summary = "Something that goes wrong on purpose; a tenant's strikes only itself",
               .run = [&](ControlRequest& request) -> Task<Result<net::Response>> {
                 DT_CO_TRY(auto fault, parse_fault(request.body));
                 DT_CO_TRY(const auto made, co_await faults.add(*request.principal.account, std::move(fault)));
                 co_return json_response(made, 201);
               },
               .body = {{"do",
                         "messages: fail, delay, lose_receipt, lose_message, twice, per_segment, out_of_order, slow, "
                         "down; webhooks: stall, slow, reset, tls, dns, status"},
                        {"script", "array of steps in place of do; { \"do\": \"pass\" } lets one go"},
                        {"to", "a message's receiver: a number, or a prefix that ends with *"},
                        {"from", "its sender, likewise"},
                        {"url", "a webhook: a host, or the beginning of a URL"},
                        {"code", "error code of a failure (default 30008)"},
                        {"by", "how long: 30s, 2h"},
                        {"status", "failed or undelivered (default); of a webhook its HTTP status"},
                        {"skip", "lets so many go first"},
                        {"times", "strikes so many times"},
                        {"probability", "strikes with this probability, 0 to 1"},
                        {"seed", "of the probability: the same seed strikes the same way"}}});
  control.add({.method = "GET",
               .path = "/faults",
               .summary = "The account's faults, with what they have struck",
               .run = [&](ControlRequest& request) -> Task<Result<net::Response>> {
                 json::array rows;
                 for (auto& fault : faults.list(request.principal.account->sid)) rows.push_back(std::move(fault));
                 co_return json_response(json::object{{"faults", std::move(rows)}});
               }});
  control.add({.method = "GET",
               .path = "/faults/{sid}",
               .summary = "One fault",
               .run = [&](ControlRequest& request) -> Task<Result<net::Response>> {
                 const auto found = faults.find(request.principal.account->sid, request.value("sid"));
                 if (!found)
                   co_return fail({errors::kNotFound, fmt::format("There is no fault {}", request.value("sid"))});
                 co_return json_response(*found);
               }});
  const auto gone = [] { return net::Response{.status = 204, .headers = {}, .body = {}}; };
  control.add({.method = "DELETE",
               .path = "/faults/{sid}",
               .summary = "Removes a fault",
               .run = [&, gone](ControlRequest& request) -> Task<Result<net::Response>> {
                 DT_CO_CHECK(co_await faults.remove(request.principal.account->sid, request.value("sid")));
                 co_return gone();
               }});
  control.add({.method = "DELETE",
               .path = "/faults",
               .summary = "Removes all faults of the account",
               .run = [&, gone](ControlRequest& request) -> Task<Result<net::Response>> {
                 DT_CO_CHECK(co_await faults.clear(request.principal.account->sid));
                 co_return gone();
               }});
}

}  // namespace dialtone::lab::routes
