#include "monitor/resources/resources.hpp"
#include "monitor/resources/within.hpp"
#include "rest/audit.hpp"
#include "rest/paging.hpp"

namespace dialtone::monitor::resources {

rest::Resource events(rest::Services& services) {
  return {
      .host = "monitor",
      .path = "/v1/Events",
      .methods = {{.method = catalogue::Method::kGet, .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                     rest::Listing listing{.scope = rest::event_scope(context.account->sid)};
                     const std::string resource(context.query.get("ResourceSid"));
                     if (!resource.empty()) listing.term = store::Term{"resource", resource};
                     const std::string actor(context.query.get("ActorSid"));
                     const std::string type(context.query.get("EventType"));
                     const std::string address(context.query.get("SourceIpAddress"));
                     const std::string from(context.query.get("StartDate"));
                     const std::string to(context.query.get("EndDate"));
                     if (!actor.empty() || !type.empty() || !address.empty() || !from.empty() || !to.empty()) {
                       listing.keep = [=](const store::Record& row) {
                         const json::object event = stored_object(row.value);
                         const auto fits = [&](const std::string& wanted, std::string_view property) {
                           return wanted.empty() || text_of(event, property) == wanted;
                         };
                         return fits(actor, "actor_sid") && fits(type, "event_type") &&
                                fits(address, "source_ip_address") && within(text_of(event, "event_date"), from, to);
                       };
                     }
                     co_return co_await rest::list(context, services.ledger.store(), std::move(listing));
                   }}}};
}

rest::Resource event(rest::Services& services) {
  return {
      .host = "monitor",
      .path = "/v1/Events/{Sid}",
      .methods = {{.method = catalogue::Method::kGet, .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                     const auto found = co_await services.ledger.store().get(rest::event_scope(context.account->sid),
                                                                             context.value("Sid"));
                     if (!found) co_return fail(rest::not_found(context));
                     co_return rest::Reply{.status = 200, .body = found->value};
                   }}}};
}

}  // namespace dialtone::monitor::resources
