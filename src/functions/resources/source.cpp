#include <fmt/format.h>

#include "functions/resources/common.hpp"
#include "functions/resources/resources.hpp"
#include "functions/sources.hpp"

namespace dialtone::functions::resources {
namespace {

constexpr std::size_t kFriendlyNameMax = 255;

Task<Result<Reply>> create(Platform& platform, Context& context, const SourceWords& words) {
  DT_CO_TRY(const Found service, co_await find_service(platform, context));
  DT_CO_TRY(const std::string name, text(context, "FriendlyName", kFriendlyNameMax));
  const std::string scope = service_scope(context.account->sid, service.sid, words.collection);
  const std::string sid = platform.services().sids.make("ZH");
  const std::string url = fmt::format("{}/{}/{}", service_url(context, service.sid), words.collection, sid);
  json::object out;
  out["sid"] = sid;
  out["account_sid"] = context.account->sid;
  out["service_sid"] = service.sid;
  out["friendly_name"] = name;
  add_dates(out, platform.services().clock.now());
  out["url"] = url;
  out["links"] = json::object{{words.versions_link, url + "/Versions"}};
  store::Transaction transaction;
  transaction.require_unchanged(services_scope(context.account->sid), service.record);
  const auto record = make_record(sid, {.shown = std::move(out), .hidden = {}});
  transaction.put(scope, record);
  DT_CO_CHECK(co_await commit(platform, std::move(transaction)));
  co_return shown(201, *record);
}

Task<Result<Reply>> change(Platform& platform, Context& context, const SourceWords& words) {
  DT_CO_TRY(const Found service, co_await find_service(platform, context));
  DT_CO_TRY(Found found, co_await find_in_service(platform, context, service, words.collection, "Sid"));
  DT_CO_TRY(const std::string name, text(context, "FriendlyName", kFriendlyNameMax));
  co_return co_await update(platform, context, service_scope(context.account->sid, service.sid, words.collection),
                            std::move(found), [&name](Stored& source, store::Transaction&) -> Result<> {
                              source.shown["friendly_name"] = name;
                              return {};
                            });
}

/// Its versions go with it. Builds that hold them have files of their own and stay as they are.
Task<Result<Reply>> remove(Platform& platform, Context& context, const SourceWords& words) {
  DT_CO_TRY(const Found service, co_await find_service(platform, context));
  DT_CO_TRY(const Found found, co_await find_in_service(platform, context, service, words.collection, "Sid"));
  const std::string& account = context.account->sid;
  const std::string scope = service_scope(account, service.sid, words.collection);
  const auto folder = platform.folders().service(account, service.sid);
  store::Transaction transaction;
  transaction.require_unchanged(scope, found.record);
  transaction.erase(scope, found.sid);
  transaction.erase_tree(fmt::format("{}/{}", scope, found.sid));
  std::vector<std::filesystem::path> files;
  store::ListQuery query{.scope = versions_scope(account, service.sid, words.collection, found.sid), .limit = 500};
  while (true) {
    const auto page = co_await platform.services().ledger.store().list(query);
    for (const auto& version : page) {
      files.push_back(Folders::version(folder, version->id));
      transaction.erase(service_scope(account, service.sid, words.index), version->id);
    }
    if (page.size() < query.limit) break;
    query.after = page.back()->id;
  }
  if (!files.empty()) platform.remove_later(transaction, found.sid, files);
  DT_CO_CHECK(co_await commit(platform, std::move(transaction)));
  co_return Reply{.status = 204, .body = {}};
}

}  // namespace

/// Functions and assets: a name, and versions below it. Source: Serverless v1, Function and Asset.
rest::Resource sources(Platform& platform, SourceKind kind) {
  const SourceWords& words = words_of(kind);
  return {.host = "serverless",
          .path = words.path,
          .methods = {{catalogue::Method::kPost,
                       [&platform, &words](Context& context) { return create(platform, context, words); }},
                      {catalogue::Method::kGet, [&platform, &words](Context& context) -> Task<Result<Reply>> {
                         DT_CO_TRY(const Found service, co_await find_service(platform, context));
                         co_return co_await list(platform, context,
                                                 service_scope(context.account->sid, service.sid, words.collection));
                       }}}};
}

rest::Resource source(Platform& platform, SourceKind kind) {
  const SourceWords& words = words_of(kind);
  return {.host = "serverless",
          .path = words.instance_path,
          .methods = {{catalogue::Method::kGet,
                       [&platform, &words](Context& context) -> Task<Result<Reply>> {
                         DT_CO_TRY(const Found service, co_await find_service(platform, context));
                         DT_CO_TRY(const Found found,
                                   co_await find_in_service(platform, context, service, words.collection, "Sid"));
                         co_return shown(200, *found.record);
                       }},
                      {catalogue::Method::kPost,
                       [&platform, &words](Context& context) { return change(platform, context, words); }},
                      {catalogue::Method::kDelete,
                       [&platform, &words](Context& context) { return remove(platform, context, words); }}}};
}

}  // namespace dialtone::functions::resources
