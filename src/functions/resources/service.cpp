#include <random>

#include <fmt/format.h>

#include "functions/resources/common.hpp"
#include "functions/resources/resources.hpp"

namespace dialtone::functions::resources {
namespace {

constexpr std::size_t kUniqueNameMax = 50;
constexpr std::size_t kFriendlyNameMax = 255;
constexpr int kBaseTriesMax = 50;
constexpr ErrorRow kNameTaken{20409, 409, "Service with this UniqueName already exists."};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_name_character(char c) { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-'; }

Result<std::string> unique_name(const Context& context) {
  DT_TRY(std::string name, text(context, "UniqueName", kUniqueNameMax));
  if (!std::ranges::all_of(name, is_name_character)) {
    return fail(invalid("UniqueName", "may hold letters, digits and dashes only"));
  }
  if (name.front() == '-' || name.back() == '-') return fail(invalid("UniqueName", "begins or ends with a dash"));
  // It would be taken for the SID of another.
  if (is_sid(name)) return fail(invalid("UniqueName", "looks like a SID"));
  return name;
}

/// `my-service-1234`, as no other service has it.
Task<std::optional<std::string>> free_base(Platform& platform, std::string name) {
  std::ranges::transform(name, name.begin(), lower);
  static thread_local std::minstd_rand random{std::random_device{}()};
  for (int tries = 0; tries < kBaseTriesMax; ++tries) {
    std::string base = fmt::format("{}-{}", name, std::uniform_int_distribution(1000, 9999)(random));
    if (!co_await platform.services().ledger.store().get(kDomainsScope, base)) co_return base;
  }
  co_return std::nullopt;
}

Task<Result<Reply>> create(Platform& platform, Context& context) {
  DT_CO_TRY(const std::string name, unique_name(context));
  DT_CO_TRY(const std::string friendly_name, text(context, "FriendlyName", kFriendlyNameMax));
  const std::string scope = services_scope(context.account->sid);
  if (co_await platform.services().ledger.store().get(names_scope(scope), name)) co_return fail(kNameTaken);
  const auto base = co_await free_base(platform, name);
  if (!base) co_return fail({errors::kConflict, "No domain is left for a service of that name"});
  const std::string sid = platform.services().sids.make("ZS");
  const std::string url = service_url(context, sid);
  json::object out;
  out["sid"] = sid;
  out["account_sid"] = context.account->sid;
  out["friendly_name"] = friendly_name;
  out["unique_name"] = name;
  out["include_credentials"] = context.form.flag("IncludeCredentials", true);
  out["ui_editable"] = context.form.flag("UiEditable", false);
  out["domain_base"] = *base;
  add_dates(out, platform.services().clock.now());
  out["url"] = url;
  out["links"] = {{"environments", url + "/Environments"},
                  {"functions", url + "/Functions"},
                  {"assets", url + "/Assets"},
                  {"builds", url + "/Builds"}};
  store::Transaction transaction;
  transaction.require_absent(names_scope(scope), name);
  transaction.require_absent(std::string(kDomainsScope), *base);
  transaction.put(names_scope(scope), make_name(name, sid));
  transaction.put(kDomainsScope, make_domain(*base, context.account->sid, sid, ""));
  const auto record = make_record(sid, {.shown = std::move(out), .hidden = {}});
  transaction.put(scope, record);
  DT_CO_CHECK(co_await commit(platform, std::move(transaction), kNameTaken));
  platform.live().reserve(*base, context.account->sid);
  co_return shown(201, *record);
}

Task<Result<Reply>> change(Platform& platform, Context& context) {
  DT_CO_TRY(Found found, co_await find_service(platform, context, "Sid"));
  if (context.form.has("FriendlyName")) DT_CO_CHECK(text(context, "FriendlyName", kFriendlyNameMax));
  const std::string sid = found.sid;
  auto reply =
      co_await update(platform, context, services_scope(context.account->sid), std::move(found),
                      [&context](Stored& service, store::Transaction&) -> Result<> {
                        if (const auto* name = context.form.find("FriendlyName")) {
                          service.shown["friendly_name"] = *name;
                        }
                        for (const auto& [parameter, property] :
                             {std::pair{"IncludeCredentials", "include_credentials"}, {"UiEditable", "ui_editable"}}) {
                          bool& flag = service.shown[property].as_bool();
                          flag = context.form.flag(parameter, flag);
                        }
                        return {};
                      });
  if (reply) co_await platform.live().refresh_service(context.account->sid, sid);
  co_return reply;
}

Task<Result<Reply>> remove(Platform& platform, Context& context) {
  DT_CO_TRY(const Found found, co_await find_service(platform, context, "Sid"));
  store::Store& store = platform.services().ledger.store();
  const std::string& account = context.account->sid;
  const std::string scope = services_scope(account);
  store::Transaction transaction;
  transaction.require_unchanged(scope, found.record);
  transaction.erase(scope, found.sid);
  transaction.erase(names_scope(scope), found.stored.text("unique_name"));
  std::vector<std::string> domains{found.stored.text("domain_base")};
  store::ListQuery query{.scope = service_scope(account, found.sid, "Environments"), .limit = 500};
  while (true) {
    const auto page = co_await store.list(query);
    for (const auto& each : page) domains.push_back(domain_of(read_record(*each)));
    if (page.size() < query.limit) break;
    query.after = page.back()->id;
  }
  for (const std::string& domain : domains) transaction.erase(kDomainsScope, domain);
  transaction.erase_tree(fmt::format("{}/{}", scope, found.sid));
  platform.remove_later(transaction, found.sid, {platform.folders().service(account, found.sid)});
  DT_CO_CHECK(co_await commit(platform, std::move(transaction)));
  for (const std::string& domain : domains) platform.live().release(domain);
  co_await platform.live().refresh_service(account, found.sid);
  co_return Reply{.status = 204, .body = {}};
}

}  // namespace

/// Services: the roof over environments, functions, assets and builds. Source: Serverless v1, Service.
rest::Resource services(Platform& platform) {
  return {.host = "serverless",
          .path = "/v1/Services",
          .methods = {{catalogue::Method::kPost, [&platform](Context& context) { return create(platform, context); }},
                      {catalogue::Method::kGet, [&platform](Context& context) {
                         return list(platform, context, services_scope(context.account->sid));
                       }}}};
}

rest::Resource service(Platform& platform) {
  return {
      .host = "serverless",
      .path = "/v1/Services/{Sid}",
      .methods = {{catalogue::Method::kGet,
                   [&platform](Context& context) -> Task<Result<Reply>> {
                     DT_CO_TRY(const Found found, co_await find_service(platform, context, "Sid"));
                     co_return shown(200, *found.record);
                   }},
                  {catalogue::Method::kPost, [&platform](Context& context) { return change(platform, context); }},
                  {catalogue::Method::kDelete, [&platform](Context& context) { return remove(platform, context); }}}};
}

}  // namespace dialtone::functions::resources
