#include "carrier/handset/deactivations.hpp"
#include "lab/routes.hpp"

namespace dialtone::lab::routes {

void deactivations(Control& control, rest::Services& services, const rest::Authenticator& accounts,
                   const carrier::handset::Handsets& handsets) {
  control.add("GET", "/deactivations/{account}/{date}", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    const std::string date = request.value("date");
    const auto account = accounts.find(request.value("account"));
    if (!account || !carrier::handset::is_report_signed(*account, date, request.query, services.clock.now()))
      co_return fail({errors::kAccessDenied, "The address is not valid, or not any more"});
    co_return net::Response::text(
        200,
        co_await carrier::handset::deactivation_report(
            services.ledger.store(), handsets.has_space(account->sid) ? account->sid : std::string(), date),
        "text/plain");
  });
}

}  // namespace dialtone::lab::routes
