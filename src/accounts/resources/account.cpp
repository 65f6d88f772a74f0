#include "accounts/resources/resources.hpp"

#include "rest/audit.hpp"
#include "rest/paging.hpp"
#include "rest/values.hpp"

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

constexpr ErrorRow kNameTooLong{20002, 400, "Invalid FriendlyName"};
constexpr std::size_t kFriendlyNameMax = 64;

Result<std::string> name_of(const rest::Fields& form) {
  std::string name(form.get("FriendlyName"));
  const auto characters =
      std::ranges::count_if(name, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  if (static_cast<std::size_t>(characters) > kFriendlyNameMax) return fail(kNameTooLong);
  return name;
}

/// As the API shows an account: without what only we keep in its record.
rest::Reply shown(const rest::Context& context, rest::Services& services, const json::object& account) {
  return {.status = context.operation.status(),
          .body = wire_json(rest::shape(account, context.operation.response(), services.clock.now()))};
}

Task<Result<rest::Reply>> create(rest::Services& services, Directory& directory, rest::Context& context) {
  if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
  const auto& parent = *context.principal.account;
  if (parent.is_subaccount()) co_return fail(kSubaccountOfSubaccount);
  if (directory.subaccounts_of(parent.sid) >= kSubaccountsMax) co_return fail(kTooManySubaccounts);
  DT_CO_TRY(std::string name, name_of(context.form));
  if (name.empty()) name = default_name(services.clock.now());
  store::Transaction transaction;
  const std::string record = directory.add(
      transaction,
      {.sid = {}, .auth_token = {}, .owner_sid = parent.sid, .friendly_name = std::move(name), .trial = parent.trial});
  const json::object account = stored_object(record);
  rest::audit(
      transaction, services, context,
      {.resource_type = "account", .verb = "created", .resource_sid = text_of(account, "sid"), .after = &account});
  DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
  directory.remember(record);
  co_return shown(context, services, account);
}

Task<Result<rest::Reply>> update(rest::Services& services, Directory& directory, rest::Context& context) {
  if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
  const auto account = directory.find(context.value("Sid"));
  if (!account || !may_see(context.principal, *account)) co_return fail(rest::not_found(context));
  DT_CO_TRY(const std::string name, name_of(context.form));
  const std::string status(context.form.get("Status"));
  const bool by_parent = account->is_subaccount() && context.principal.account->sid == account->owner_sid;
  const auto edit = [&](json::object& fields) -> Result<> {
    const std::string_view old = text_of(fields, "status");
    if (!status.empty()) {
      if (status != "active" && status != "suspended" && status != "closed") {
        return fail({kInvalidStatus, fmt::format("Invalid Status value: {}", status)});
      }
      if (old == "closed") return fail(kClosed);
      if (!by_parent) return fail(kStatusNotChangeable);
      fields["status"] = status;
    }
    if (!name.empty()) fields["friendly_name"] = name;
    return {};
  };
  DT_CO_TRY(const json::object changed,
            co_await directory.change(
                account->sid, edit,
                [&](store::Transaction& transaction, const json::object& before, const json::object& after) {
                  rest::audit(transaction, services, context,
                              {.resource_type = "account",
                               .verb = "updated",
                               .resource_sid = account->sid,
                               .before = &before,
                               .after = &after});
                }));
  co_return shown(context, services, changed);
}

}  // namespace

rest::Resource accounts(rest::Services& services, Directory& directory) {
  return {
      .host = "api",
      .path = kList,
      .methods = {{.method = catalogue::Method::kPost,
                   .run = [&](rest::Context& context) { return create(services, directory, context); },
                   .validates = true},
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
                       const json::object account = stored_object(row.value);
                       return (name.empty() || text_of(account, "friendly_name") == name) &&
                              (status.empty() || text_of(account, "status") == status);
                     };
                     listing.append = [schema = context.operation.item(), now = services.clock.now()](
                                          std::string& out, const store::Record& row) {
                       append_wire_json(out, rest::shape(stored_object(row.value), schema, now));
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
                         co_return shown(context, services, stored_object(record->value));
                       }},
                      {.method = catalogue::Method::kPost,
                       .run = [&](rest::Context& context) { return update(services, directory, context); },
                       .validates = true}}};
}

}  // namespace dialtone::accounts::resources
