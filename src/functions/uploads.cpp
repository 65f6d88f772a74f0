#include "functions/uploads.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

#include "base/form.hpp"
#include "base/multipart.hpp"
#include "base/utf8.hpp"
#include "functions/records.hpp"
#include "functions/sources.hpp"
#include "net/text.hpp"

namespace dialtone::functions {
namespace {

constexpr std::size_t kPathMax = 255;
constexpr std::size_t kTypeMax = 255;

Error bad(std::string text) { return {errors::kBadRequest, std::move(text)}; }
Error not_found(std::string_view path) {
  return {errors::kNotFound, fmt::format("The requested resource {} was not found", path)};
}

/// `/v1/Services/{ServiceSid}/Functions/{Sid}/Versions`
struct Target {
  std::string service;
  SourceKind kind = SourceKind::kFunction;
  std::string source_sid;
};

std::optional<Target> parse_target(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view part = path.substr(0, path.find('/'));
    parts.push_back(part);
    path.remove_prefix(part.size());
  }
  if (parts.size() != 6 || parts[0] != "v1" || parts[1] != "Services" || parts[5] != "Versions") return {};
  const bool function = parts[3] == "Functions";
  if (!function && parts[3] != "Assets") return {};
  return Target{.service = percent_decode(parts[2]),
                .kind = function ? SourceKind::kFunction : SourceKind::kAsset,
                .source_sid = percent_decode(parts[4])};
}

/// What a request can ask for: a path without characters that mean something in a URL or that no server takes.
Result<std::string> checked_path(std::string path) {
  if (!path.starts_with('/')) path.insert(path.begin(), '/');
  if (!is_utf8(path)) return fail(bad("Invalid parameter Path: it is not UTF-8"));
  if (characters(path) > kPathMax) {
    return fail(bad(fmt::format("Invalid parameter Path: it is longer than {} characters", kPathMax)));
  }
  for (const char c : path) {
    const bool control = static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
    if (control || std::string_view("#;,?:@+&$()'\"").find(c) != std::string_view::npos) {
      return fail(bad(fmt::format("Invalid parameter Path: it holds '{}', which no path can have", control ? ' ' : c)));
    }
  }
  return path;
}

const Part* find_part(const std::vector<Part>& parts, std::string_view name) {
  const auto found = std::ranges::find_if(parts, [&](const Part& part) { return net::same_text(part.name, name); });
  return found == parts.end() ? nullptr : &*found;
}

Result<const Part*> required_part(const std::vector<Part>& parts, std::string_view name) {
  const Part* part = find_part(parts, name);
  if (!part) return fail(bad(fmt::format("Missing required parameter {} in the post body", name)));
  return part;
}

}  // namespace

Task<net::Response> Uploads::handle(net::Request& request) {
  auto made = co_await upload(request);
  net::Response response;
  if (made) {
    response.status = 201;
    response.header("Content-Type", "application/json; charset=utf-8");
    response.body = std::move(*made);
  } else {
    response = rest::error_response(made.error());
    if (made.error().status == 401) response.header("WWW-Authenticate", "Basic realm=\"Twilio API\"");
    if (made.error().status == 405) response.header("Allow", "POST");
  }
  response.header("Twilio-Request-Id", "RQ" + random_hex(16));
  co_return response;
}

Task<Result<std::string>> Uploads::upload(net::Request& request) {
  DT_CO_TRY(const rest::Principal who, engine_.authenticate(request));
  const std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
  const auto target = parse_target(path);
  if (!target) co_return fail(not_found(path));
  if (request.method != "POST") co_return fail(errors::kMethodNotAllowed);
  const SourceWords& words = words_of(target->kind);
  const std::string& account = who.account->sid;
  store::Store& store = platform_.services().ledger.store();
  const std::string services = services_scope(account);
  std::string service_sid = target->service;
  if (!co_await store.get(services, service_sid)) {
    const auto alias = co_await store.get(names_scope(services), service_sid);
    if (!alias) co_return fail(not_found(path));
    service_sid = alias->value;
  }
  const std::string sources = service_scope(account, service_sid, words.collection);
  const auto source = co_await store.get(sources, target->source_sid);
  if (!source) co_return fail(not_found(path));

  const std::string_view type = request.header("Content-Type");
  if (!net::same_text(type.substr(0, std::min(type.find(';'), type.size())), "multipart/form-data")) {
    co_return fail({errors::kUnsupportedMediaType, "Content must be uploaded as multipart/form-data"});
  }
  DT_CO_TRY(const auto parts, parse_multipart(type, request.body));
  DT_CO_TRY(const Part* path_part, required_part(parts, "Path"));
  DT_CO_TRY(const Part* visibility_part, required_part(parts, "Visibility"));
  DT_CO_TRY(const Part* content, required_part(parts, "Content"));
  DT_CO_TRY(const std::string wanted, checked_path(std::string(path_part->body)));
  const std::string visibility = boost::to_lower_copy(std::string(visibility_part->body));
  if (visibility != "public" && visibility != "protected" && visibility != "private") {
    co_return fail(bad("Invalid parameter Visibility: it is not public, protected or private"));
  }
  const bool private_asset = target->kind == SourceKind::kAsset && visibility == "private";
  const std::size_t max = private_asset ? kPrivateAssetBytesMax : kContentBytesMax;
  if (content->body.size() > max) {
    co_return fail(
        {errors::kTooLarge, fmt::format("The content has {} bytes; {} are allowed", content->body.size(), max)});
  }

  const std::string sid = platform_.services().sids.make("ZN");
  const std::string url = fmt::format("https://serverless.twilio.com/v1/Services/{}/{}/{}/Versions/{}", service_sid,
                                      words.collection, target->source_sid, sid);
  json::object out;
  out["sid"] = sid;
  out["account_sid"] = account;
  out["service_sid"] = service_sid;
  out[words.sid_property] = target->source_sid;
  out["path"] = wanted;
  out["visibility"] = visibility;
  out["date_created"] = iso8601(platform_.services().clock.now());
  out["url"] = url;
  if (target->kind == SourceKind::kFunction) out["links"] = {{"function_version_content", url + "/Content"}};
  json::object hidden{{"bytes", content->body.size()}};
  if (content->content_type.size() <= kTypeMax) hidden["content_type"] = content->content_type;
  if (content->filename.ends_with(".mjs") || wanted.ends_with(".mjs")) hidden["language"] = "mjs";

  // The bytes first: a version that can be named has its content.
  const auto file = Folders::version(platform_.folders().service(account, service_sid), sid);
  DT_CO_CHECK(co_await platform_.disk().run([file, bytes = std::string(content->body)]() -> Result<> {
    DT_CHECK(make_folders(file.parent_path()));
    auto written = write_file(file, bytes);
    if (written) written = sync_folder(file.parent_path());
    if (!written) remove_tree(file);
    return written;
  }));
  store::Transaction transaction;
  transaction.require_unchanged(sources, source);
  const auto record = make_record(sid, {.shown = std::move(out), .hidden = std::move(hidden)});
  transaction.put(versions_scope(account, service_sid, words.collection, target->source_sid), record);
  transaction.put(service_scope(account, service_sid, words.index), make_name(sid, target->source_sid));
  auto committed = co_await platform_.services().ledger.finish(std::move(transaction));
  if (!committed) {
    co_await platform_.disk().run([file] {
      remove_tree(file);
      return true;
    });
    if (committed.error().code == store::kConflict.code) co_return fail(not_found(path));
    co_return fail(std::move(committed).error());
  }
  co_return std::string(shown_text(*record));
}

}  // namespace dialtone::functions
