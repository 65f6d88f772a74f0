#include <charconv>

#include <fmt/format.h>

#include "base/e164.hpp"
#include "lab/routes.hpp"
#include "verify/delivery.hpp"
#include "verify/settings.hpp"
#include "verify/sna.hpp"

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
  transaction.put(dialtone::verify::settings_scope(request.principal.account->sid), request.value("sid"),
                  wire_json(settings));
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

net::Response opened(int code) {
  namespace sna = dialtone::verify::sna;
  std::string_view text = "Success";
  for (const ErrorRow& row : {sna::kOtherPhone, sna::kNoCarrier}) {
    if (row.code == code) text = row.message;
  }
  return json_response(json::object{{"error_code", code}, {"error_description", text}});
}

/// The phone opens an address over its mobile data: the network knows whose SIM that is.
Task<Result<net::Response>> open(VerifyParts parts, ControlRequest& request) {
  DT_CO_TRY(const std::string url, request.text("url"));
  std::string text = request.value("number");
  if (!text.starts_with('+')) text.insert(0, text.starts_with(' ') ? "" : "+");
  const auto number = E164::parse(text);
  if (!number || !parts.handsets.find(number->str(), request.principal.account->sid))
    co_return fail({errors::kNotFound, fmt::format("There is no handset {}", text)});
  const auto address = dialtone::verify::read_sna_address(url);
  const auto account = address ? parts.accounts.find(address->account_sid) : nullptr;
  if (!account) co_return fail({errors::kBadRequest, "url must be the sna.url of a verification"});
  DT_CO_TRY(const int code, co_await parts.verifications.opened(account, address->token, *number));
  co_return opened(code);
}

}  // namespace

void verify(Control& control, VerifyParts parts) {
  rest::Services& services = parts.services;
  control.add("POST", "/handsets/{number}/open", [parts](ControlRequest& request) { return open(parts, request); });
  control.add("GET", "/sna/{account}/{token}", [parts](ControlRequest& request) -> Task<Result<net::Response>> {
    const auto account = parts.accounts.find(request.value("account"));
    if (!account) co_return fail({errors::kNotFound, "The address is not valid, or not any more"});
    DT_CO_TRY(const int code, co_await parts.verifications.opened(account, request.value("token"), std::nullopt));
    co_return opened(code);
  });
  control.add("GET", "/verify-services/{sid}", [&services](ControlRequest& request) -> Task<Result<net::Response>> {
    DT_CO_TRY(json::object settings, co_await settings_of(services, request));
    co_return shown(request, std::move(settings));
  });
  control.add("POST", "/verify-services/{sid}",
              [&services](ControlRequest& request) { return set(services, request); });
  control.add("GET", "/mailboxes/{address}", [&services](ControlRequest& request) { return mails(services, request); });
}

}  // namespace dialtone::lab::routes
