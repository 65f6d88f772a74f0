#include <fmt/format.h>

#include "functions/resources/common.hpp"
#include "functions/resources/resources.hpp"

namespace dialtone::functions::resources {
namespace {

constexpr std::size_t kContextBytesMax = 3 * 1024;
constexpr ErrorRow kSame{20409, 409, "Environment has already requested deployment of this Build."};
constexpr ErrorRow kContextTooLarge{82006, 400, "The environment's context is too large"};

/// What a function is told beside its event must fit: variables, account, domain and the longest path, as JSON.
Task<Result<>> check_context(Platform& platform, const Context& context, const InEnvironment& in, const Found& build) {
  json::object all{{"ACCOUNT_SID", context.account->sid},
                   {"AUTH_TOKEN", context.account->auth_token},
                   {"DOMAIN_NAME", in.environment.stored.text("domain_name")}};
  const auto variables =
      co_await platform.services().ledger.store().list({.scope = in.scope(context, "Variables"), .limit = 1000});
  for (const auto& record : variables) {
    const json::object variable = stored_object(shown_text(*record));
    all[text_of(variable, "key")] = text_of(variable, "value");
  }
  std::size_t path_bytes = 0;
  for (const json::value& each : build.stored.shown.at("function_versions").as_array()) {
    path_bytes = std::max(path_bytes, text_of(each.as_object(), "path").size());
  }
  const std::size_t bytes = json::serialize(all).size() + path_bytes;
  if (bytes <= kContextBytesMax) co_return Result<>{};
  const std::string text = fmt::format(
      "The variables of the environment and what else its functions are told come to {} bytes; {} are allowed", bytes,
      kContextBytesMax);
  store::Transaction transaction;
  platform.alerts().add(transaction, {.account_sid = context.account->sid,
                                      .resource_sid = in.environment.sid,
                                      .code = kContextTooLarge.code,
                                      .text = text,
                                      .explanation = "Remove variables, or keep large values in a private asset."});
  DT_CO_CHECK(co_await platform.services().ledger.finish(std::move(transaction)));
  co_return fail({kContextTooLarge, text});
}

Task<Result<Reply>> create(Platform& platform, Context& context) {
  DT_CO_TRY(const InEnvironment in, co_await find_environment(platform, context));
  const std::string build_sid(context.form.get("BuildSid"));
  if (!build_sid.empty()) {
    const auto record = co_await platform.services().ledger.store().get(
        service_scope(context.account->sid, in.service.sid, "Builds"), build_sid);
    if (!record) co_return fail(invalid("BuildSid", "is no build of this service"));
    const Found build{.sid = build_sid, .record = record, .stored = read_record(*record)};
    if (const std::string status = build.stored.text("status"); status != "completed") {
      co_return fail(invalid("BuildSid", fmt::format("names a build that is not completed but {}", status)));
    }
    if (in.environment.stored.text("build_sid") == build_sid) co_return fail(kSame);
    DT_CO_CHECK(co_await check_context(platform, context, in, build));
  }
  const TimePoint now = platform.services().clock.now();
  const std::string sid = platform.services().sids.make("ZD");
  json::object out;
  out["sid"] = sid;
  out["account_sid"] = context.account->sid;
  out["service_sid"] = in.service.sid;
  out["environment_sid"] = in.environment.sid;
  out["build_sid"] = or_null(build_sid);
  add_dates(out, now);
  out["url"] = fmt::format("{}/Deployments/{}", in.url(context), sid);

  Stored environment = in.environment.stored;
  environment.shown["build_sid"] = or_null(build_sid);
  environment.shown["date_updated"] = iso8601(now);
  environment.hidden["deployment_sid"] = sid;
  const std::string environments = service_scope(context.account->sid, in.service.sid, "Environments");
  const std::string builds = service_scope(context.account->sid, in.service.sid, "Builds");
  store::Transaction transaction;
  transaction.require_unchanged(environments, in.environment.record);
  if (!build_sid.empty()) {
    const auto record = co_await platform.services().ledger.store().get(builds, build_sid);
    if (!record) co_return fail(invalid("BuildSid", "is no build of this service"));
    transaction.require_unchanged(builds, record);
  }
  transaction.put(environments, make_record(in.environment.sid, environment));
  const auto record = make_record(sid, {.shown = std::move(out), .hidden = {}});
  transaction.put(in.scope(context, "Deployments"), record);
  transaction.journal({.at = now,
                       .kind = "function.deployed",
                       .account = context.account->sid,
                       .subject = in.environment.sid,
                       .data = wire_json({{"service_sid", in.service.sid},
                                          {"deployment_sid", sid},
                                          {"build_sid", or_null(build_sid)},
                                          {"domain_name", environment.text("domain_name")}})});
  DT_CO_CHECK(co_await commit(platform, std::move(transaction)));
  co_await platform.live().refresh(in.key(context));
  co_return shown(201, *record);
}

}  // namespace

/// Deployments: a build goes live in an environment, at once; an earlier build is rolled back to in the same way, and
/// without a BuildSid nothing is live any more. Source: Serverless v1, Deployment.
rest::Resource deployments(Platform& platform) {
  return {.host = "serverless",
          .path = "/v1/Services/{ServiceSid}/Environments/{EnvironmentSid}/Deployments",
          .methods = {{catalogue::Method::kPost, [&platform](Context& context) { return create(platform, context); }},
                      {catalogue::Method::kGet, [&platform](Context& context) -> Task<Result<Reply>> {
                         DT_CO_TRY(const InEnvironment in, co_await find_environment(platform, context));
                         co_return co_await list(platform, context, in.scope(context, "Deployments"));
                       }}}};
}

rest::Resource deployment(Platform& platform) {
  return {.host = "serverless",
          .path = "/v1/Services/{ServiceSid}/Environments/{EnvironmentSid}/Deployments/{Sid}",
          .methods = {{catalogue::Method::kGet, [&platform](Context& context) -> Task<Result<Reply>> {
                         DT_CO_TRY(const InEnvironment in, co_await find_environment(platform, context));
                         DT_CO_TRY(const Found found,
                                   co_await find_in(platform, context, in.scope(context, "Deployments"), "Sid"));
                         co_return shown(200, *found.record);
                       }}}};
}

}  // namespace dialtone::functions::resources
