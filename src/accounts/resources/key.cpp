#include "accounts/resources/resources.hpp"
#include "rest/audit.hpp"
#include "rest/paging.hpp"
#include "rest/values.hpp"

namespace dialtone::accounts::resources {
// An API key of the standard kind can do all but manage accounts and keys (source: API keys overview), so each method
// refuses requests that were signed with one. Keys of the 2010 API (…/Keys, …/SigningKeys) and of iam.twilio.com/v1 are
// the same keys.
namespace {

constexpr int kTriesMax = 8;
constexpr ErrorRow kMissing{20001, 400, "Missing required parameter AccountSid in the post body"};
constexpr ErrorRow kPolicyInvalid{20001, 400, "Invalid parameter Policy: it must be a JSON object"};
constexpr ErrorRow kPolicyMissing{20001, 400, "Missing required parameter Policy in the post body"};
constexpr ErrorRow kKeyTypeInvalid{20001, 400, "Invalid parameter KeyType: restricted is the only one"};

std::string scope_of(std::string_view account_sid) { return std::string(account_sid) + "/api/Keys"; }

rest::Reply shown(const rest::Context& context, rest::Services& services, const json::object& key) {
  return {.status = context.operation.status(),
          .body = wire_json(rest::shape(key, context.operation.response(), services.clock.now()))};
}

/// Whose keys a request is about: the path's account, or that of the key, when the asking account may see it.
std::string owner_of(const rest::Context& context, const Directory& directory) {
  if (context.host == "api") return context.account->sid;
  const auto account = directory.find(directory.account_of_key(context.value("Sid")));
  const auto& self = context.principal.account->sid;
  return account && (account->sid == self || account->owner_sid == self) ? account->sid : std::string{};
}

/// The policy of a restricted key, as given: `{"allow": ["/twilio/messaging/messages/create"]}`.
Result<json::value> policy_of(const rest::Context& context) {
  const auto* text = context.form.find("Policy");
  if (!text || text->empty()) return json::value(nullptr);
  auto policy = parse_json(*text);
  if (!policy || !policy->is_object()) return fail(kPolicyInvalid);
  if (const auto parsed = rest::Permissions::parse(policy->get_object()); !parsed) return fail(parsed.error());
  return std::move(*policy);
}

Task<Result<rest::Reply>> create(rest::Services& services, Directory& directory, rest::Context& context) {
  if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
  Directory::NewKey draft{.account = context.account, .friendly_name = std::string(context.form.get("FriendlyName"))};
  if (context.host == "iam") {
    const std::string_view sid = context.form.get("AccountSid");
    if (sid.empty()) co_return fail(kMissing);
    draft.account = directory.find(sid);
    const auto& self = context.principal.account->sid;
    if (!draft.account || (draft.account->sid != self && draft.account->owner_sid != self))
      co_return fail(errors::kAuthenticate);
    if (const auto* type = context.form.find("KeyType"); type && *type != "restricted") co_return fail(kKeyTypeInvalid);
    DT_CO_TRY(draft.policy, policy_of(context));
    if (context.form.has("KeyType") && draft.policy.is_null()) co_return fail(kPolicyMissing);
    context.account = draft.account;
  }
  DT_CO_TRY(const json::object key, co_await directory.create_key(std::move(draft), [&](store::Transaction& transaction,
                                                                                        const json::object& made) {
    rest::audit(transaction, services, context,
                {.resource_type = "api-key", .verb = "created", .resource_sid = text_of(made, "sid"), .after = &made});
  }));
  co_return shown(context, services, key);
}

Task<Result<rest::Reply>> list(rest::Services& services, const Directory& directory, rest::Context& context) {
  if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
  std::string owner = context.account->sid;
  if (const auto* named = context.query.find("AccountSid"); named && context.host == "iam") {
    const auto account = directory.find(*named);
    if (!account || (account->sid != owner && account->owner_sid != owner)) co_return fail(errors::kAuthenticate);
    owner = account->sid;
  }
  rest::Listing listing{.scope = scope_of(owner)};
  listing.append = [schema = context.operation.item(), now = services.clock.now()](std::string& out,
                                                                                   const store::Record& row) {
    append_wire_json(out, rest::shape(stored_object(row.value), schema, now));
  };
  co_return co_await rest::list(context, services.ledger.store(), std::move(listing));
}

Task<Result<rest::Reply>> fetch(rest::Services& services, const Directory& directory, rest::Context& context) {
  if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
  const auto found = co_await services.ledger.store().get(scope_of(owner_of(context, directory)), context.value("Sid"));
  if (!found) co_return fail(rest::not_found(context));
  co_return shown(context, services, stored_object(found->value));
}

Task<Result<rest::Reply>> update(rest::Services& services, Directory& directory, rest::Context& context) {
  if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
  const std::string scope = scope_of(owner_of(context, directory));
  DT_CO_TRY(json::value policy, policy_of(context));
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const auto found = co_await services.ledger.store().get(scope, context.value("Sid"));
    if (!found) co_return fail(rest::not_found(context));
    const json::object before = stored_object(found->value);
    json::object key = before;
    if (const auto* name = context.form.find("FriendlyName")) key["friendly_name"] = *name;
    if (!policy.is_null()) key["policy"] = policy;
    key["date_updated"] = rfc2822(services.clock.now());
    store::Transaction transaction;
    transaction.require_unchanged(scope, found);
    transaction.put(scope, found->id, wire_json(key));
    if (!policy.is_null()) directory.put_policy(transaction, found->id, policy);
    rest::audit(
        transaction, services, context,
        {.resource_type = "api-key", .verb = "updated", .resource_sid = found->id, .before = &before, .after = &key});
    const auto committed = co_await services.ledger.commit(std::move(transaction));
    if (committed) {
      if (!policy.is_null()) directory.set_policy(found->id, policy);
      co_return shown(context, services, key);
    }
    if (committed.error().code != store::kConflict.code) co_return fail(committed.error());
  }
  co_return fail(errors::kConflict);
}

Task<Result<rest::Reply>> remove(rest::Services& services, Directory& directory, rest::Context& context) {
  if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
  const std::string sid(context.value("Sid"));
  const std::string scope = scope_of(owner_of(context, directory));
  const auto found = co_await services.ledger.store().get(scope, sid);
  if (!found) co_return fail(rest::not_found(context));
  const json::object key = stored_object(found->value);
  store::Transaction transaction;
  transaction.erase(scope, sid);
  Directory::erase_key(transaction, sid);
  rest::audit(transaction, services, context,
              {.resource_type = "api-key", .verb = "deleted", .resource_sid = sid, .before = &key});
  DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
  directory.forget_key(sid);
  co_return rest::Reply{.status = 204, .body = {}};
}

}  // namespace

rest::Resource keys(rest::Services& services, Directory& directory, std::string_view host, std::string_view path) {
  return {.host = host,
          .path = path,
          .methods = {{.method = catalogue::Method::kPost,
                       .run = [&](rest::Context& context) { return create(services, directory, context); }},
                      {.method = catalogue::Method::kGet,
                       .run = [&](rest::Context& context) { return list(services, directory, context); }}}};
}

rest::Resource key(rest::Services& services, Directory& directory, std::string_view host, std::string_view path) {
  return {.host = host,
          .path = path,
          .methods = {{.method = catalogue::Method::kGet,
                       .run = [&](rest::Context& context) { return fetch(services, directory, context); }},
                      {.method = catalogue::Method::kPost,
                       .run = [&](rest::Context& context) { return update(services, directory, context); }},
                      {.method = catalogue::Method::kDelete,
                       .run = [&](rest::Context& context) { return remove(services, directory, context); }}}};
}

}  // namespace dialtone::accounts::resources
