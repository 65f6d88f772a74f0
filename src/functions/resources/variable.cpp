#include <fmt/format.h>

#include "base/utf8.hpp"
#include "functions/resources/common.hpp"
#include "functions/resources/resources.hpp"

namespace dialtone::functions::resources {
namespace {

constexpr std::size_t kKeyMax = 128;
constexpr std::size_t kValueBytesMax = 450;
constexpr std::size_t kVariablesMax = 100;  ///< more do not fit into an environment's context
constexpr ErrorRow kTaken{20409, 409, "Variable with this Key already exists."};

/// Becomes a variable of a process, so it can hold neither `=` nor control characters.
Result<std::string> key_of(const Context& context) {
  DT_TRY(std::string key, text(context, "Key", kKeyMax));
  if (std::ranges::any_of(key, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '='; })) {
    return fail(invalid("Key", "holds a character that no variable's name can have"));
  }
  return key;
}

Result<std::string> value_of(const Context& context) {
  const std::string* value = context.form.find("Value");
  if (!value) {
    return fail({errors::kBadRequest, "Missing required parameter Value in the post body"});
  }
  if (value->size() > kValueBytesMax) {
    return fail(invalid("Value", fmt::format("is longer than {} bytes", kValueBytesMax)));
  }
  if (value->find('\0') != std::string::npos) return fail(invalid("Value", "holds a NUL"));
  return *value;
}

Task<Result<Reply>> create(Platform& platform, Context& context) {
  DT_CO_TRY(const InEnvironment in, co_await find_environment(platform, context));
  DT_CO_TRY(const std::string key, key_of(context));
  DT_CO_TRY(const std::string value, value_of(context));
  const std::string scope = in.scope(context, "Variables");
  const auto all = co_await platform.services().ledger.store().list({.scope = scope, .limit = kVariablesMax});
  if (all.size() == kVariablesMax) {
    co_return fail({errors::kBadRequest, fmt::format("An environment can have at most {} variables", kVariablesMax)});
  }
  const std::string sid = platform.services().sids.make("ZV");
  json::object out;
  out["sid"] = sid;
  out["account_sid"] = context.account->sid;
  out["service_sid"] = in.service.sid;
  out["environment_sid"] = in.environment.sid;
  out["key"] = key;
  out["value"] = value;
  add_dates(out, platform.services().clock.now());
  out["url"] = fmt::format("{}/Variables/{}", in.url(context), sid);
  store::Transaction transaction;
  transaction.require_absent(names_scope(scope), key);
  transaction.put(names_scope(scope), make_name(key, sid));
  const auto record = make_record(sid, {.shown = std::move(out), .hidden = {}});
  transaction.put(scope, record);
  DT_CO_CHECK(co_await commit(platform, std::move(transaction), kTaken));
  co_await platform.live().refresh(in.key(context));
  co_return shown(201, *record);
}

Task<Result<Reply>> change(Platform& platform, Context& context) {
  DT_CO_TRY(const InEnvironment in, co_await find_environment(platform, context));
  const std::string scope = in.scope(context, "Variables");
  DT_CO_TRY(Found found, co_await find_in(platform, context, scope, "Sid"));
  std::optional<std::string> key;
  std::optional<std::string> value;
  if (context.form.has("Key")) {
    DT_CO_TRY(key, key_of(context));
  }
  if (context.form.has("Value")) {
    DT_CO_TRY(value, value_of(context));
  }
  if (key && *key != found.stored.text("key") &&
      co_await platform.services().ledger.store().get(names_scope(scope), *key)) {
    co_return fail(kTaken);
  }
  const std::string sid = found.sid;
  auto reply = co_await update(platform, context, scope, std::move(found),
                               [&](Stored& variable, store::Transaction& transaction) -> Result<> {
                                 if (const std::string before = variable.text("key"); key && *key != before) {
                                   transaction.require_absent(names_scope(scope), *key);
                                   transaction.erase(names_scope(scope), before);
                                   transaction.put(names_scope(scope), make_name(*key, sid));
                                   variable.shown["key"] = *key;
                                 }
                                 if (value) variable.shown["value"] = *value;
                                 return {};
                               });
  if (reply) co_await platform.live().refresh(in.key(context));
  co_return reply;
}

Task<Result<Reply>> remove(Platform& platform, Context& context) {
  DT_CO_TRY(const InEnvironment in, co_await find_environment(platform, context));
  const std::string scope = in.scope(context, "Variables");
  DT_CO_TRY(const Found found, co_await find_in(platform, context, scope, "Sid"));
  store::Transaction transaction;
  transaction.require_unchanged(scope, found.record);
  transaction.erase(scope, found.sid);
  transaction.erase(names_scope(scope), found.stored.text("key"));
  DT_CO_CHECK(co_await commit(platform, std::move(transaction)));
  co_await platform.live().refresh(in.key(context));
  co_return Reply{.status = 204, .body = {}};
}

}  // namespace

/// Variables of an environment. Functions see a change with the next request. Source: Serverless v1, Variable.
rest::Resource variables(Platform& platform) {
  return {.host = "serverless",
          .path = "/v1/Services/{ServiceSid}/Environments/{EnvironmentSid}/Variables",
          .methods = {{.method = catalogue::Method::kPost,
                       .run = [&platform](Context& context) { return create(platform, context); },
                       .validates = true},
                      {.method = catalogue::Method::kGet, .run = [&platform](Context& context) -> Task<Result<Reply>> {
                         DT_CO_TRY(const InEnvironment in, co_await find_environment(platform, context));
                         co_return co_await list(platform, context, in.scope(context, "Variables"));
                       }}}};
}

rest::Resource variable(Platform& platform) {
  return {
      .host = "serverless",
      .path = "/v1/Services/{ServiceSid}/Environments/{EnvironmentSid}/Variables/{Sid}",
      .methods = {{catalogue::Method::kGet,
                   [&platform](Context& context) -> Task<Result<Reply>> {
                     DT_CO_TRY(const InEnvironment in, co_await find_environment(platform, context));
                     DT_CO_TRY(const Found found,
                               co_await find_in(platform, context, in.scope(context, "Variables"), "Sid"));
                     co_return shown(200, *found.record);
                   }},
                  {.method = catalogue::Method::kPost,
                   .run = [&platform](Context& context) { return change(platform, context); },
                   .validates = true},
                  {catalogue::Method::kDelete, [&platform](Context& context) { return remove(platform, context); }}}};
}

}  // namespace dialtone::functions::resources
