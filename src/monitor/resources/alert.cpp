#include "monitor/resources/resources.hpp"
#include "monitor/resources/within.hpp"
#include "rest/paging.hpp"
#include "rest/values.hpp"

namespace dialtone::monitor::resources {
rest::Resource alerts(rest::Services& services) {
  return {
      .host = "monitor",
      .path = "/v1/Alerts",
      .methods = {{.method = catalogue::Method::kGet, .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                     rest::Listing listing{.scope = alert_scope(context.account->sid)};
                     const std::string level(context.query.get("LogLevel"));
                     const std::string from(context.query.get("StartDate"));
                     const std::string to(context.query.get("EndDate"));
                     if (!level.empty() || !from.empty() || !to.empty()) {
                       listing.keep = [=](const store::Record& row) {
                         const json::object alert = stored_object(row.value);
                         return (level.empty() || text_of(alert, "log_level") == level) &&
                                within(text_of(alert, "date_created"), from, to);
                       };
                     }
                     listing.append = [schema = context.operation.item(), now = services.clock.now()](
                                          std::string& out, const store::Record& row) {
                       append_wire_json(out, rest::shape(stored_object(row.value), schema, now));
                     };
                     co_return co_await rest::list(context, services.ledger.store(), std::move(listing));
                   }}}};
}

rest::Resource alert(rest::Services& services) {
  return {
      .host = "monitor",
      .path = "/v1/Alerts/{Sid}",
      .methods = {{.method = catalogue::Method::kGet, .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                     const auto found =
                         co_await services.ledger.store().get(alert_scope(context.account->sid), context.value("Sid"));
                     if (!found) co_return fail(rest::not_found(context));
                     json::object out =
                         rest::shape(stored_object(found->value), context.operation.response(), services.clock.now());
                     co_return rest::Reply{.status = 200, .body = wire_json(out)};
                   }}}};
}

}  // namespace dialtone::monitor::resources
