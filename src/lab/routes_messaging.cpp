#include <fmt/format.h>

#include "lab/routes.hpp"
#include "messaging/resources/resources.hpp"

namespace dialtone::lab::routes {
namespace {

using messaging::MessagingServicePtr;
using messaging::Messenger;

Result<MessagingServicePtr> service_of(Messenger& messenger, const ControlRequest& request) {
  auto service = messenger.messaging_services().find(request.value("sid"));
  if (!service || service->account_sid != request.principal.account->sid)
    return fail({errors::kNotFound, fmt::format("There is no messaging service {}", request.value("sid"))});
  return service;
}

json::object shown(const messaging::MessagingService& service) {
  json::object out = messaging::to_json(service.opt_out ? *service.opt_out : messaging::default_opt_out_settings());
  out["enabled"] = service.opt_out != nullptr;
  return out;
}

/// Turns Advanced Opt-Out of a service on, with what the body says; null turns it off.
Task<Result<net::Response>> set_opt_out(Messenger& messenger, ControlRequest& request,
                                        std::shared_ptr<const messaging::OptOutSettings> settings) {
  DT_CO_TRY(const auto service, service_of(messenger, request));
  const std::string scope = messaging::opt_out_scope(service->account_sid, service->sid);
  store::Transaction transaction;
  if (settings) {
    transaction.put(scope, "-", wire_json(messaging::to_json(*settings)));
  } else {
    transaction.erase(scope, "-");
  }
  transaction.journal({.at = messenger.services().clock.now(),
                       .kind = "messaging_service.opt_out",
                       .account = service->account_sid,
                       .subject = service->sid,
                       .data = wire_json({{"enabled", settings != nullptr}})});
  DT_CO_CHECK(co_await messenger.services().ledger.commit(std::move(transaction)));
  messenger.messaging_services().set_opt_out(service->sid, std::move(settings));
  DT_CO_TRY(const auto changed, service_of(messenger, request));
  co_return json_response(shown(*changed));
}

}  // namespace

void messaging(Control& control, Messenger& messenger) {
  control.add("POST", "/short-codes", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(auto code, request.text("short_code"));
    DT_CO_TRY(const auto made,
              co_await messaging::resources::create_short_code(messenger, request.principal.account, std::move(code),
                                                               std::string(text_of(request.body, "sms_url"))));
    co_return json_response(made, 201);
  });
  control.add("POST", "/registrations/{sid}", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(auto status, request.text("status"));
    const json::value* code = request.body.if_contains("error_code");
    messaging::Registrations::Decision decision{
        .status = std::move(status),
        .reason = std::string(text_of(request.body, "reason")),
        .error_code = code && code->is_int64() ? static_cast<int>(code->get_int64()) : 0};
    DT_CO_TRY(const auto decided,
              co_await messenger.registrations().decide(request.principal.account->sid,
                                                        std::string(request.value("sid")), std::move(decision)));
    co_return json_response(decided);
  });
  control.add("POST", "/link-domains", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(auto name, request.text("name"));
    DT_CO_TRY(const auto made,
              co_await messenger.link_domains().create(request.principal.account->sid, std::move(name)));
    co_return json_response(made, 201);
  });
  control.add("GET", "/link-domains", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    json::array rows;
    for (auto& each : messenger.link_domains().of(request.principal.account->sid)) rows.push_back(std::move(each));
    co_return json_response(json::object{{"domains", std::move(rows)}});
  });
  control.add("GET", "/messaging-services/{sid}/opt-out", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(const auto service, service_of(messenger, request));
    co_return json_response(shown(*service));
  });
  control.add("PUT", "/messaging-services/{sid}/opt-out", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(auto settings, messaging::read_opt_out_settings(request.body));
    co_return co_await set_opt_out(messenger, request,
                                   std::make_shared<const messaging::OptOutSettings>(std::move(settings)));
  });
  control.add("DELETE", "/messaging-services/{sid}/opt-out",
              [&](ControlRequest& request) { return set_opt_out(messenger, request, nullptr); });
}

}  // namespace dialtone::lab::routes
