#include <fmt/format.h>

#include "lab/routes.hpp"

namespace dialtone::lab::routes {

void media(Control& control, rest::Services& services, const rest::Authenticator& accounts,
           messaging::MediaFiles& files) {
  control.add("GET", "/media/{account}/{hash}", [&](ControlRequest& request) -> Task<Result<net::Response>> {
    const std::string hash = request.value("hash");
    const auto account = accounts.find(request.value("account"));
    if (!account || !messaging::is_signed(*account, hash, request.query, services.clock.now()))
      co_return fail({errors::kAccessDenied, "The address is not valid, or not any more"});
    auto bytes = co_await files.get(account->sid, hash);
    if (!bytes) co_return fail({errors::kNotFound, "The file was deleted"});
    co_return file_response(std::string(request.query.get("Type")), std::move(*bytes));
  });
}

}  // namespace dialtone::lab::routes
