#include "accounts/resources/resources.hpp"
#include "rest/paging.hpp"

namespace dialtone::accounts::resources {
// An API key of the standard kind can do all but manage accounts and keys (source: API keys overview), so each method
// refuses requests that were signed with one.
namespace {

std::string scope_of(const rest::Context& context) { return context.account->sid + "/api/Keys"; }

store::RecordPtr renamed(const store::Record& old, std::string_view name, TimePoint now) {
  json::value value = json::parse(old.value);
  value.get_object()["friendly_name"] = name;
  value.get_object()["date_updated"] = rfc2822(now);
  return std::make_shared<const store::Record>(store::Record{.id = old.id, .value = wire_json(value), .terms = {}});
}

}  // namespace

rest::Resource keys(rest::Services& services, Directory& directory, std::string_view path) {
  return {
      .host = "api",
      .path = path,
      .methods = {{.method = catalogue::Method::kPost,
                   .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                     if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
                     DT_CO_TRY(auto key, co_await directory.create_key(context.account,
                                                                       std::string(context.form.get("FriendlyName"))));
                     co_return rest::Reply{.status = context.operation.status(), .body = std::move(key)};
                   }},
                  {.method = catalogue::Method::kGet, .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                     if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
                     rest::Listing listing{.scope = scope_of(context)};
                     co_return co_await rest::list(context, services.ledger.store(), std::move(listing));
                   }}}};
}

rest::Resource key(rest::Services& services, Directory& directory, std::string_view path) {
  return {.host = "api",
          .path = path,
          .methods = {
              {.method = catalogue::Method::kGet,
               .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                 if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
                 const auto found = co_await services.ledger.store().get(scope_of(context), context.value("Sid"));
                 if (!found) co_return fail(rest::not_found(context));
                 co_return rest::Reply{.status = 200, .body = found->value};
               }},
              {.method = catalogue::Method::kPost,
               .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                 if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
                 const auto found = co_await services.ledger.store().get(scope_of(context), context.value("Sid"));
                 if (!found) co_return fail(rest::not_found(context));
                 const auto* name = context.form.find("FriendlyName");
                 if (!name) co_return rest::Reply{.status = 200, .body = found->value};
                 const auto changed = renamed(*found, *name, services.clock.now());
                 store::Transaction transaction;
                 transaction.require_unchanged(scope_of(context), found);
                 transaction.put(scope_of(context), changed);
                 DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
                 co_return rest::Reply{.status = 200, .body = changed->value};
               }},
              {.method = catalogue::Method::kDelete, .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                 if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
                 const std::string sid(context.value("Sid"));
                 if (!co_await services.ledger.store().get(scope_of(context), sid))
                   co_return fail(rest::not_found(context));
                 store::Transaction transaction;
                 transaction.erase(scope_of(context), sid);
                 Directory::erase_key(transaction, sid);
                 DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
                 directory.forget_key(sid);
                 co_return rest::Reply{.status = 204, .body = {}};
               }}}};
}

}  // namespace dialtone::accounts::resources
