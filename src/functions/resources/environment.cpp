#include <fmt/format.h>

#include "functions/resources/common.hpp"
#include "functions/resources/resources.hpp"

namespace dialtone::functions::resources {
namespace {

constexpr std::size_t kUniqueNameMax = 100;
constexpr std::size_t kSuffixMax = 16;
constexpr ErrorRow kTaken{20409, 409, "Environment with this UniqueName or DomainSuffix already exists."};

/// Suffixes of the service's environments; "-" is none.
std::string suffixes_scope(std::string_view environments) { return fmt::format("{}#suffix", environments); }

/// What may stand in a host name; empty is no suffix.
Result<std::string> domain_suffix(const Context& context) {
  std::string suffix(context.form.get("DomainSuffix"));
  if (suffix.size() > kSuffixMax) {
    return fail(invalid("DomainSuffix", fmt::format("is longer than {} characters", kSuffixMax)));
  }
  for (char& c : suffix) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') {
      return fail(invalid("DomainSuffix", "may hold letters, digits and dashes only"));
    }
  }
  if (suffix.ends_with('-')) return fail(invalid("DomainSuffix", "ends with a dash"));
  return suffix;
}

Task<Result<Reply>> create(Platform& platform, Context& context) {
  DT_CO_TRY(const Found service, co_await find_service(platform, context));
  DT_CO_TRY(const std::string name, text(context, "UniqueName", kUniqueNameMax));
  DT_CO_TRY(const std::string suffix, domain_suffix(context));
  const std::string scope = service_scope(context.account->sid, service.sid, "Environments");
  std::string domain = service.stored.text("domain_base");
  if (!suffix.empty()) domain += "-" + suffix;
  const std::string sid = platform.services().sids.make("ZE");
  const std::string url = fmt::format("{}/Environments/{}", service_url(context, service.sid), sid);
  json::object out;
  out["sid"] = sid;
  out["account_sid"] = context.account->sid;
  out["service_sid"] = service.sid;
  out["build_sid"] = nullptr;
  out["unique_name"] = name;
  out["domain_suffix"] = or_null(suffix);
  out["domain_name"] = domain + ".twil.io";
  add_dates(out, platform.services().clock.now());
  out["url"] = url;
  out["links"] = {{"variables", url + "/Variables"}, {"deployments", url + "/Deployments"}, {"logs", url + "/Logs"}};

  store::Transaction transaction;
  transaction.require_unchanged(services_scope(context.account->sid), service.record);
  transaction.require_absent(names_scope(scope), name);
  transaction.require_absent(suffixes_scope(scope), suffix.empty() ? "-" : suffix);
  if (!suffix.empty()) transaction.require_absent(std::string(kDomainsScope), domain);
  transaction.put(names_scope(scope), make_name(name, sid));
  transaction.put(suffixes_scope(scope), make_name(suffix.empty() ? "-" : suffix, sid));
  transaction.put(kDomainsScope, make_domain(domain, context.account->sid, service.sid, sid));
  const auto record = make_record(sid, {.shown = std::move(out), .hidden = {}});
  transaction.put(scope, record);
  DT_CO_CHECK(co_await commit(platform, std::move(transaction), kTaken));
  platform.live().reserve(domain, context.account->sid);
  co_await platform.live().refresh(
      {.account_sid = context.account->sid, .service_sid = service.sid, .environment_sid = sid});
  co_return shown(201, *record);
}

Task<Result<Reply>> remove(Platform& platform, Context& context) {
  DT_CO_TRY(const Found service, co_await find_service(platform, context));
  DT_CO_TRY(const Found found, co_await find_in_service(platform, context, service, "Environments", "Sid"));
  const std::string scope = service_scope(context.account->sid, service.sid, "Environments");
  store::Transaction transaction;
  transaction.require_unchanged(scope, found.record);
  transaction.erase(scope, found.sid);
  transaction.erase(names_scope(scope), found.stored.text("unique_name"));
  transaction.erase_tree(fmt::format("{}/{}", scope, found.sid));
  const std::string domain = domain_of(found.stored);
  const std::string suffix = found.stored.text("domain_suffix");
  transaction.erase(suffixes_scope(scope), suffix.empty() ? "-" : suffix);
  if (suffix.empty()) {
    transaction.put(kDomainsScope, make_domain(domain, context.account->sid, service.sid, ""));
  } else {
    transaction.erase(kDomainsScope, domain);
  }
  DT_CO_CHECK(co_await commit(platform, std::move(transaction)));
  if (!suffix.empty()) platform.live().release(domain);
  co_await platform.live().refresh(
      {.account_sid = context.account->sid, .service_sid = service.sid, .environment_sid = found.sid});
  co_return Reply{.status = 204, .body = {}};
}

}  // namespace

/// Environments: where a build is deployed to, with a domain and variables. Source: Serverless v1, Environment.
rest::Resource environments(Platform& platform) {
  return {.host = "serverless",
          .path = "/v1/Services/{ServiceSid}/Environments",
          .methods = {{catalogue::Method::kPost, [&platform](Context& context) { return create(platform, context); }},
                      {catalogue::Method::kGet, [&platform](Context& context) -> Task<Result<Reply>> {
                         DT_CO_TRY(const Found service, co_await find_service(platform, context));
                         co_return co_await list(platform, context,
                                                 service_scope(context.account->sid, service.sid, "Environments"));
                       }}}};
}

rest::Resource environment(Platform& platform) {
  return {
      .host = "serverless",
      .path = "/v1/Services/{ServiceSid}/Environments/{Sid}",
      .methods = {{catalogue::Method::kGet,
                   [&platform](Context& context) -> Task<Result<Reply>> {
                     DT_CO_TRY(const Found service, co_await find_service(platform, context));
                     DT_CO_TRY(const Found found,
                               co_await find_in_service(platform, context, service, "Environments", "Sid"));
                     co_return shown(200, *found.record);
                   }},
                  {catalogue::Method::kDelete, [&platform](Context& context) { return remove(platform, context); }}}};
}

}  // namespace dialtone::functions::resources
