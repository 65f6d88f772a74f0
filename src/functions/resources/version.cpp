#include <fmt/format.h>

#include "base/utf8.hpp"
#include "functions/resources/common.hpp"
#include "functions/resources/resources.hpp"
#include "functions/sources.hpp"

namespace dialtone::functions::resources {
namespace {

/// A version that the path names, and the scope it lies in.
Task<Result<std::string>> find_scope(Platform& platform, const Context& context, const SourceWords& words) {
  DT_CO_TRY(const Found service, co_await find_service(platform, context));
  DT_CO_TRY(const Found source,
            co_await find_in_service(platform, context, service, words.collection, words.placeholder));
  co_return versions_scope(context.account->sid, service.sid, words.collection, source.sid);
}

Task<Result<Reply>> content(Platform& platform, Context& context) {
  const SourceWords& words = words_of(SourceKind::kFunction);
  DT_CO_TRY(const std::string scope, co_await find_scope(platform, context, words));
  DT_CO_TRY(const Found version, co_await find_in(platform, context, scope, "Sid"));
  const auto file = Folders::version(
      platform.folders().service(context.account->sid, version.stored.text("service_sid")), version.sid);
  // One that was made by hand has no file.
  if (const auto made =
          co_await platform.services().ledger.store().get(fmt::format("{}/{}/Content", scope, version.sid), "-")) {
    co_return shown(200, *made);
  }
  DT_CO_TRY(const std::string bytes, co_await platform.disk().run([file] { return read_file(file); }));
  std::string source;
  source.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) append_utf8(source, next_code_point(bytes, at));
  json::object out;
  out["sid"] = version.sid;
  out["account_sid"] = context.account->sid;
  out["service_sid"] = version.stored.text("service_sid");
  out["function_sid"] = version.stored.text("function_sid");
  out["content"] = source;
  out["url"] = version.stored.text("url") + "/Content";
  co_return Reply{.status = 200, .body = wire_json(out)};
}

}  // namespace

/// Versions of functions and assets: what was uploaded, once and for all. They are made by uploads. Source: Serverless
/// v1, FunctionVersion and AssetVersion.
rest::Resource versions(Platform& platform, SourceKind kind) {
  const SourceWords& words = words_of(kind);
  return {.host = "serverless",
          .path = words.versions_path,
          .methods = {{catalogue::Method::kGet, [&platform, &words](Context& context) -> Task<Result<Reply>> {
                         DT_CO_TRY(std::string scope, co_await find_scope(platform, context, words));
                         co_return co_await list(platform, context, std::move(scope));
                       }}}};
}

rest::Resource version(Platform& platform, SourceKind kind) {
  const SourceWords& words = words_of(kind);
  return {.host = "serverless",
          .path = words.version_path,
          .methods = {{catalogue::Method::kGet, [&platform, &words](Context& context) -> Task<Result<Reply>> {
                         DT_CO_TRY(std::string scope, co_await find_scope(platform, context, words));
                         DT_CO_TRY(const Found found, co_await find_in(platform, context, std::move(scope), "Sid"));
                         co_return shown(200, *found.record);
                       }}}};
}

/// The source of a function's version. Source: Serverless v1, FunctionVersionContent.
rest::Resource version_content(Platform& platform) {
  return {.host = "serverless",
          .path = "/v1/Services/{ServiceSid}/Functions/{FunctionSid}/Versions/{Sid}/Content",
          .methods = {{catalogue::Method::kGet, [&platform](Context& context) { return content(platform, context); }}}};
}

}  // namespace dialtone::functions::resources
