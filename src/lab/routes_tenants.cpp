#include <fmt/format.h>

#include "lab/routes.hpp"

namespace dialtone::lab::routes {
namespace {

/// A member of the body that is a number from 0 to `max`.
Result<std::size_t> count_of(const json::object& body, std::string_view name, std::size_t max) {
  const json::value* member = body.if_contains(name);
  if (!member) return 1;
  if (!member->is_int64() || member->get_int64() < 0 || static_cast<std::size_t>(member->get_int64()) > max) {
    return fail({errors::kBadRequest, fmt::format("{} must be a number from 0 to {}", name, max)});
  }
  return static_cast<std::size_t>(member->get_int64());
}

Task<Result<net::Response>> create(Tenants& tenants, ControlRequest& request) {
  NewTenant draft{.owner_sid = request.principal.account->sid, .name = std::string(text_of(request.body, "name"))};
  DT_CO_TRY(draft.numbers, count_of(request.body, "numbers", kTenantNumbersMax));
  DT_CO_TRY(draft.handsets, count_of(request.body, "handsets", kTenantHandsetsMax));
  if (const auto* number = request.body.if_contains("number")) {
    if (!number->is_object())
      co_return fail({errors::kBadRequest, "number must be an object with parameters such as SmsUrl"});
    rest::Fields::Pairs pairs;
    for (const auto& [name, value] : number->get_object()) {
      if (!value.is_string()) co_return fail({errors::kBadRequest, fmt::format("number.{} must be a text", name)});
      pairs.emplace_back(name, value.get_string());
    }
    draft.number_form = rest::Fields(std::move(pairs));
  }
  if (const auto* trial = request.body.if_contains("trial"); trial && trial->is_bool()) draft.trial = trial->get_bool();
  DT_CO_TRY(const auto tenant, co_await tenants.create(std::move(draft)));
  co_return json_response(tenant, 201);
}

}  // namespace

Result<> require_main_account(const ControlRequest& request) {
  if (!request.principal.account->is_subaccount()) return {};
  return fail({errors::kAccessDenied, "This concerns the whole program: use the credentials of the main account"});
}

void tenants(Control& control, Tenants& tenants) {
  control.add("POST", "/tenants", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_CHECK(require_main_account(request));
    co_return co_await create(tenants, request);
  });
  control.add("GET", "/tenants", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_CHECK(require_main_account(request));
    json::array rows;
    for (auto& tenant : co_await tenants.list()) rows.push_back(std::move(tenant));
    co_return json_response(json::object{{"tenants", std::move(rows)}});
  });
  control.add("DELETE", "/tenants/{sid}", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    const std::string sid = request.value("sid");
    if (sid != request.principal.account->sid) DT_CO_CHECK(require_main_account(request));
    DT_CO_CHECK(co_await tenants.remove(sid));
    co_return net::Response{.status = 204, .headers = {}, .body = {}};
  });
}

}  // namespace dialtone::lab::routes
