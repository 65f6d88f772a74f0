#include <array>

#include <fmt/format.h>

#include "functions/dependencies.hpp"
#include "functions/resources/common.hpp"
#include "functions/resources/resources.hpp"

namespace dialtone::functions::resources {
namespace {

constexpr std::size_t kVersionsMax = 1000;  ///< functions, public assets, protected assets: of each
constexpr std::size_t kPrivateAssetsMax = 50;
constexpr std::string_view kDefaultRuntime = "node22";
constexpr std::array<std::string_view, 3> kRuntimes{"node20", "node22", "node24"};
constexpr std::array<std::string_view, 6> kFormerRuntimes{"node8", "node10", "node12", "node14", "node16", "node18"};
constexpr ErrorRow kUnsupportedRuntime{82007, 400, "Unsupported runtime"};

/// What a build is made of.
struct Content {
  json::array functions;
  json::array assets;
  std::map<std::string, Route, std::less<>> routes;
};

/// Where the version's file is to lie in the build.
std::string file_of(SourceKind kind, const Stored& version) {
  const std::string sid = version.text("sid");
  const std::string extension = std::filesystem::path(version.text("path")).extension().string();
  if (kind == SourceKind::kFunction) {
    return fmt::format("handlers/{}.{}", sid, text_of(version.hidden, "language") == "mjs" ? "mjs" : "js");
  }
  if (version.text("visibility") == "private") return fmt::format("files/{}{}", sid, extension);
  return "assets/" + sid;
}

Task<Result<>> add_versions(Platform& platform, const Context& context, const Found& service, SourceKind kind,
                            Content& content) {
  const SourceWords& words = words_of(kind);
  const std::string& account = context.account->sid;
  store::Store& store = platform.services().ledger.store();
  json::array& shown = kind == SourceKind::kFunction ? content.functions : content.assets;
  std::map<std::string, std::size_t> counts;
  const auto sids = context.form.all(words.parameter);
  if (sids.size() > 3 * kVersionsMax) co_return fail(invalid(words.parameter, "names too many versions"));
  for (const std::string& sid : sids) {
    if (sid.empty()) continue;
    const auto whose = co_await store.get(service_scope(account, service.sid, words.index), sid);
    const auto record =
        whose ? co_await store.get(versions_scope(account, service.sid, words.collection, whose->value), sid) : nullptr;
    if (!record) co_return fail(invalid(words.parameter, fmt::format("names {}, which is not in this service", sid)));
    const Stored version = read_record(*record);
    const std::string path = version.text("path");
    const std::string visibility = version.text("visibility");
    const std::size_t max = kind == SourceKind::kAsset && visibility == "private" ? kPrivateAssetsMax : kVersionsMax;
    if (++counts[kind == SourceKind::kAsset ? visibility : ""] > max) {
      co_return fail(
          invalid(words.parameter, fmt::format("names more than {} {}{}s", max,
                                               kind == SourceKind::kAsset ? visibility + " " : "", words.word)));
    }
    Route route{.kind = kind == SourceKind::kFunction ? Route::Kind::kFunction : Route::Kind::kAsset,
                .path = path,
                .visibility = visibility == "private"     ? Visibility::kPrivate
                              : visibility == "protected" ? Visibility::kProtected
                                                          : Visibility::kPublic,
                .sid = version.text(words.sid_property),
                .version_sid = sid,
                .file = file_of(kind, version),
                .content_type = std::string(text_of(version.hidden, "content_type"))};
    if (!content.routes.emplace(path, std::move(route)).second) {
      co_return fail(invalid(words.parameter, fmt::format("names a second version with the path {}", path)));
    }
    json::object row;
    for (const std::string_view name :
         {std::string_view("sid"), std::string_view("account_sid"), std::string_view("service_sid"), words.sid_property,
          std::string_view("path"), std::string_view("visibility"), std::string_view("date_created")}) {
      row[name] = version.shown.at(name);
    }
    shown.push_back(std::move(row));
  }
  co_return Result<>{};
}

/// As given; else that of the last build that was completed. Error: 20001, 82007.
Task<Result<std::string>> runtime_of(Platform& platform, const Context& context, const Found& service,
                                     bool has_functions) {
  const std::string given(context.form.get("Runtime"));
  if (std::ranges::find(kRuntimes, given) != kRuntimes.end()) co_return given;
  if (std::ranges::find(kFormerRuntimes, given) != kFormerRuntimes.end()) {
    co_return fail({kUnsupportedRuntime, fmt::format("{} is not supported any more; use {}", given, kDefaultRuntime)});
  }
  if (!given.empty()) co_return fail(invalid("Runtime", "is not one of the allowed values"));
  if (has_functions) {
    const auto builds = co_await platform.services().ledger.store().list(
        {.scope = service_scope(context.account->sid, service.sid, "Builds"), .limit = 20});
    for (const auto& record : builds) {
      const json::object build = stored_object(shown_text(*record));
      if (text_of(build, "status") == "completed") co_return std::string(text_of(build, "runtime"));
    }
  }
  co_return std::string(kDefaultRuntime);
}

Task<Result<Reply>> create(Platform& platform, Context& context) {
  DT_CO_TRY(const Found service, co_await find_service(platform, context));
  DT_CO_TRY(auto dependencies, parse_dependencies(context.form.get("Dependencies")));
  add_defaults(dependencies);
  Content content;
  DT_CO_CHECK(co_await add_versions(platform, context, service, SourceKind::kFunction, content));
  DT_CO_CHECK(co_await add_versions(platform, context, service, SourceKind::kAsset, content));
  if (content.routes.empty()) {
    co_return fail({errors::kBadRequest, "A build needs at least one of FunctionVersions and AssetVersions"});
  }
  DT_CO_TRY(const std::string runtime, co_await runtime_of(platform, context, service, !content.functions.empty()));

  const std::string& account = context.account->sid;
  const std::string scope = service_scope(account, service.sid, "Builds");
  const std::string sid = platform.services().sids.make("ZB");
  const std::string url = fmt::format("{}/Builds/{}", service_url(context, service.sid), sid);
  json::array packages;
  for (const Dependency& each : dependencies) packages.push_back({{"name", each.name}, {"version", each.version}});
  json::object out;
  out["sid"] = sid;
  out["account_sid"] = account;
  out["service_sid"] = service.sid;
  out["status"] = "building";
  out["asset_versions"] = std::move(content.assets);
  out["function_versions"] = std::move(content.functions);
  out["dependencies"] = std::move(packages);
  out["runtime"] = runtime;
  add_dates(out, platform.services().clock.now());
  out["url"] = url;
  out["links"] = {{"build_status", url + "/Status"}};
  store::Transaction transaction;
  transaction.require_unchanged(services_scope(account), service.record);
  const auto record = make_record(sid, {.shown = std::move(out), .hidden = {{"routes", to_json(content.routes)}}});
  transaction.put(scope, record);
  platform.builder().order(transaction, account, service.sid, sid);
  DT_CO_CHECK(co_await commit(platform, std::move(transaction)));
  co_return shown(201, *record);
}

Task<Result<Reply>> remove(Platform& platform, Context& context) {
  DT_CO_TRY(const Found service, co_await find_service(platform, context));
  DT_CO_TRY(const Found found, co_await find_in_service(platform, context, service, "Builds", "Sid"));
  const std::string& account = context.account->sid;
  store::ListQuery query{.scope = service_scope(account, service.sid, "Environments"), .limit = 500};
  while (true) {
    const auto page = co_await platform.services().ledger.store().list(query);
    for (const auto& record : page) {
      if (text_of(stored_object(shown_text(*record)), "build_sid") != found.sid) continue;
      co_return fail({errors::kConflict, fmt::format("The build is deployed in {}", record->id)});
    }
    if (page.size() < query.limit) break;
    query.after = page.back()->id;
  }
  const std::string scope = service_scope(account, service.sid, "Builds");
  store::Transaction transaction;
  transaction.require_unchanged(scope, found.record);
  transaction.erase(scope, found.sid);
  platform.remove_later(transaction, found.sid,
                        {Folders::build(platform.folders().service(account, service.sid), found.sid)});
  DT_CO_CHECK(co_await commit(platform, std::move(transaction)));
  co_return Reply{.status = 204, .body = {}};
}

}  // namespace

/// Builds: versions of functions and assets with their packages, ready to be deployed. Source: Serverless v1, Build.
rest::Resource builds(Platform& platform) {
  return {.host = "serverless",
          .path = "/v1/Services/{ServiceSid}/Builds",
          .methods = {{.method = catalogue::Method::kPost,
                       .run = [&platform](Context& context) { return create(platform, context); },
                       .validates = true},
                      {.method = catalogue::Method::kGet, .run = [&platform](Context& context) -> Task<Result<Reply>> {
                         DT_CO_TRY(const Found service, co_await find_service(platform, context));
                         co_return co_await list(platform, context,
                                                 service_scope(context.account->sid, service.sid, "Builds"));
                       }}}};
}

rest::Resource build(Platform& platform) {
  return {.host = "serverless",
          .path = "/v1/Services/{ServiceSid}/Builds/{Sid}",
          .methods = {
              {catalogue::Method::kGet,
               [&platform](Context& context) -> Task<Result<Reply>> {
                 DT_CO_TRY(const Found service, co_await find_service(platform, context));
                 DT_CO_TRY(const Found found, co_await find_in_service(platform, context, service, "Builds", "Sid"));
                 co_return shown(200, *found.record);
               }},
              {catalogue::Method::kDelete, [&platform](Context& context) { return remove(platform, context); }}}};
}

rest::Resource build_status(Platform& platform) {
  return {.host = "serverless",
          .path = "/v1/Services/{ServiceSid}/Builds/{Sid}/Status",
          .methods = {{catalogue::Method::kGet, [&platform](Context& context) -> Task<Result<Reply>> {
                         DT_CO_TRY(const Found service, co_await find_service(platform, context));
                         DT_CO_TRY(const Found found,
                                   co_await find_in_service(platform, context, service, "Builds", "Sid"));
                         json::object out;
                         for (const std::string_view name : {"sid", "account_sid", "service_sid", "status"}) {
                           out[name] = found.stored.shown.at(name);
                         }
                         out["url"] = found.stored.text("url") + "/Status";
                         co_return Reply{.status = 200, .body = wire_json(out)};
                       }}}};
}

}  // namespace dialtone::functions::resources
