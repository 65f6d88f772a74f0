#include <charconv>

#include <fmt/format.h>

#include "lab/routes.hpp"
#include "verify/delivery.hpp"
#include "verify/settings.hpp"

namespace dialtone::lab::routes {
namespace {

constexpr std::size_t kMailsDefault = 50;
constexpr std::size_t kMailsMax = 1000;

/// The service's settings, once it is there. Error: 20404.
Task<Result<json::object>> settings_of(rest::Services& services, const ControlRequest& request) {
  const std::string account = request.principal.account->sid;
  const std::string sid = request.value("sid");
  if (!co_await services.ledger.store().get(account + "/verify/v2/Services", sid))
    co_return fail({errors::kNotFound, fmt::format("There is no Verify service {}", sid)});
  co_return co_await dialtone::verify::service_settings(services.ledger.store(), account, sid);
}

net::Response shown(const ControlRequest& request, json::object settings) {
  json::object out{{"service_sid", request.value("sid")}};
  for (auto& [name, value] : settings) out[name] = std::move(value);
  return json_response(out);
}

Task<Result<net::Response>> set(rest::Services& services, ControlRequest& request) {
  DT_CO_TRY(json::object settings, co_await settings_of(services, request));
  DT_CO_CHECK(dialtone::verify::change_settings(settings, request.body));
  store::Transaction transaction;
  transaction.put(dialtone::verify::settings_scope(request.principal.account->sid),
                  std::make_shared<const store::Record>(
                      store::Record{.id = request.value("sid"), .value = wire_json(settings), .terms = {}}));
  DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
  co_return shown(request, std::move(settings));
}

Task<Result<net::Response>> mails(rest::Services& services, ControlRequest& request) {
  std::size_t limit = kMailsDefault;
  if (const auto* text = request.query.find("limit")) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (error != std::errc{} || end != text->data() + text->size() || limit < 1 || limit > kMailsMax)
      co_return fail({errors::kBadRequest, fmt::format("limit must be a number from 1 to {}", kMailsMax)});
  }
  const auto rows =
      co_await services.ledger.store().list({.scope = dialtone::verify::mail_scope(request.principal.account->sid),
                                             .term = store::Term{"to", request.value("address")},
                                             .limit = limit});
  json::array out;
  for (const auto& row : rows) out.push_back(stored_object(row->value));
  co_return json_response(json::object{{"mails", std::move(out)}});
}

}  // namespace

void verify(Control& control, rest::Services& services) {
  control.add("GET", "/verify-services/{sid}", [&services](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(json::object settings, co_await settings_of(services, request));
    co_return shown(request, std::move(settings));
  });
  control.add("POST", "/verify-services/{sid}",
              [&services](ControlRequest& request) { return set(services, request); });
  control.add("GET", "/mailboxes/{address}", [&services](ControlRequest& request) { return mails(services, request); });
}

}  // namespace dialtone::lab::routes
