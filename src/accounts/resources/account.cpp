#include "accounts/resources/resources.hpp"

#include "rest/paging.hpp"

namespace dialtone::accounts::resources {
namespace {

constexpr std::string_view kList = "/2010-04-01/Accounts.json";
constexpr std::string_view kOne = "/2010-04-01/Accounts/{Sid}.json";

/// `SubAccount Created at 2026-01-31 02:05 pm`: the name of an account that was given none.
std::string default_name(TimePoint now) {
  const std::string iso = iso8601(now);
  const int hour = std::stoi(iso.substr(11, 2));
  return fmt::format("SubAccount Created at {} {:02}:{} {}", iso.substr(0, 10), hour % 12 == 0 ? 12 : hour % 12,
                     iso.substr(14, 2), hour < 12 ? "am" : "pm");
}

/// An account may see itself and, if it is a parent, its subaccounts.
bool may_see(const rest::Principal& principal, const rest::Account& account) {
  return account.sid == principal.account->sid || account.owner_sid == principal.account->sid;
}

}  // namespace

rest::Resource accounts(rest::Services& services, Directory& directory) {
  return {
      .host = "api",
      .path = kList,
      .methods = {{.method = catalogue::Method::kPost,
                   .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                     if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
                     if (context.principal.account->is_subaccount()) co_return fail(kSubaccountOfSubaccount);
                     std::string name(context.form.get("FriendlyName"));
                     if (name.empty()) name = default_name(services.clock.now());
                     DT_CO_TRY(auto record, co_await directory.create({.sid = {},
                                                                       .auth_token = {},
                                                                       .owner_sid = context.principal.account->sid,
                                                                       .friendly_name = std::move(name),
                                                                       .trial = context.principal.account->trial}));
                     co_return rest::Reply{.status = 201, .body = std::move(record)};
                   }},
                  {.method = catalogue::Method::kGet, .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                     if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
                     const std::string& self = context.principal.account->sid;
                     const std::string name(context.query.get("FriendlyName"));
                     const std::string status(context.query.get("Status"));
                     rest::Listing listing{.scope = std::string(kAccountsScope), .term = store::Term{"owner", self}};
                     if (context.principal.account->is_subaccount()) {
                       listing.term = store::Term{"owner", context.principal.account->owner_sid};
                     }
                     const bool only_self = context.principal.account->is_subaccount();
                     listing.keep = [=](const store::Record& row) {
                       if (only_self && row.id != self) return false;
                       if (name.empty() && status.empty()) return true;
                       const json::value value = json::parse(row.value);
                       const auto& account = value.get_object();
                       return (name.empty() || text_of(account, "friendly_name") == name) &&
                              (status.empty() || text_of(account, "status") == status);
                     };
                     co_return co_await rest::list(context, services.ledger.store(), std::move(listing));
                   }}}};
}

rest::Resource account(rest::Services& services, Directory& directory) {
  return {.host = "api",
          .path = kOne,
          .methods = {{.method = catalogue::Method::kGet,
                       .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                         if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
                         const auto account = directory.find(context.value("Sid"));
                         if (!account || !may_see(context.principal, *account))
                           co_return fail(rest::not_found(context));
                         const auto record = co_await services.ledger.store().get(kAccountsScope, account->sid);
                         if (!record) co_return fail(rest::not_found(context));
                         co_return rest::Reply{.status = 200, .body = record->value};
                       }},
                      {.method = catalogue::Method::kPost,
                       .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                         if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
                         const auto account = directory.find(context.value("Sid"));
                         if (!account || !may_see(context.principal, *account))
                           co_return fail(rest::not_found(context));
                         Directory::Change change;
                         if (const auto* name = context.form.find("FriendlyName")) change.friendly_name = *name;
                         if (const auto* status = context.form.find("Status")) change.status = *status;
                         const bool by_parent =
                             account->is_subaccount() && context.principal.account->sid == account->owner_sid;
                         DT_CO_TRY(auto record, co_await directory.change(account->sid, std::move(change), by_parent));
                         co_return rest::Reply{.status = 200, .body = std::move(record)};
                       },
                       .validates = true}}};
}

}  // namespace dialtone::accounts::resources
