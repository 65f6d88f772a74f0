#include "accounts/resources/resources.hpp"
#include "rest/audit.hpp"
#include "rest/values.hpp"

namespace dialtone::accounts::resources {
// How an auth token is changed without a gap: a secondary one is made, applications take it up, and then it is promoted
// in place of the primary one. Webhooks are signed with the primary token all the time.
namespace {

constexpr ErrorRow kNoSecondary{20404, 404, "The account has no secondary auth token"};

json::object answer(std::string_view account_sid, std::string_view member, std::string_view token,
                    std::string_view path, TimePoint now) {
  return {{"account_sid", account_sid},
          {member, token},
          {"date_created", iso8601(now)},
          {"date_updated", iso8601(now)},
          {"url", fmt::format("https://accounts.twilio.com{}", path)}};
}

/// Leaves an event that tells of the change, not of the tokens.
Directory::Also audited(rest::Services& services, const rest::Context& context, std::string_view verb) {
  return [&services, &context, verb](store::Transaction& transaction, const json::object&, const json::object& after) {
    rest::audit(transaction, services, context,
                {.resource_type = "auth-token", .verb = verb, .resource_sid = context.account->sid, .after = &after});
  };
}

}  // namespace

rest::Resource secondary_auth_token(rest::Services& services, Directory& directory) {
  return {
      .host = "accounts",
      .path = "/v1/AuthTokens/Secondary",
      .methods = {
          {.method = catalogue::Method::kPost,
           .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
             if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
             const std::string token = random_hex(16);
             const auto edit = [&](json::object& account) -> Result<> {
               account["secondary_auth_token"] = token;
               return {};
             };
             DT_CO_CHECK(co_await directory.change(context.account->sid, edit, audited(services, context, "created")));
             co_return rest::Reply{.status = 201,
                                   .body = wire_json(answer(context.account->sid, "secondary_auth_token", token,
                                                            "/v1/AuthTokens/Secondary", services.clock.now()))};
           }},
          {.method = catalogue::Method::kDelete, .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
             if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
             const auto edit = [](json::object& account) -> Result<> {
               if (text_of(account, "secondary_auth_token").empty()) return fail(kNoSecondary);
               account.erase("secondary_auth_token");
               return {};
             };
             DT_CO_CHECK(co_await directory.change(context.account->sid, edit, audited(services, context, "deleted")));
             co_return rest::Reply{.status = 204, .body = {}};
           }}}};
}

rest::Resource auth_token_promotion(rest::Services& services, Directory& directory) {
  return {
      .host = "accounts",
      .path = "/v1/AuthTokens/Promote",
      .methods = {{.method = catalogue::Method::kPost, .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                     if (!context.principal.key_sid.empty()) co_return fail(errors::kAuthenticate);
                     const auto edit = [](json::object& account) -> Result<> {
                       const std::string token(text_of(account, "secondary_auth_token"));
                       if (token.empty()) return fail(kNoSecondary);
                       account["auth_token"] = token;
                       account.erase("secondary_auth_token");
                       return {};
                     };
                     DT_CO_TRY(
                         const json::object account,
                         co_await directory.change(context.account->sid, edit, audited(services, context, "promoted")));
                     co_return rest::Reply{
                         .status = 200,
                         .body = wire_json(answer(context.account->sid, "auth_token", text_of(account, "auth_token"),
                                                  "/v1/AuthTokens/Promote", services.clock.now()))};
                   }}}};
}

}  // namespace dialtone::accounts::resources
