#include "rest/audit.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dialtone::rest {
namespace {

bool is_told(std::string_view name) {
  constexpr std::array<std::string_view, 9> kLeftOut{"auth_token",   "secondary_auth_token", "secret",
                                                     "date_created", "date_updated",         "uri",
                                                     "url",          "subresource_uris",     "links"};
  return std::ranges::find(kLeftOut, name) == kLeftOut.end();
}

/// What was made or lost, or of a change what was and is: `{"friendly_name": {"previous": …, "updated": …}}`.
json::object event_data(const Audit& change) {
  json::object out;
  const json::object& shown = change.after ? *change.after : *change.before;
  for (const auto& [name, value] : shown) {
    if (!is_told(name)) continue;
    if (!change.before || !change.after) {
      out[name] = value;
      continue;
    }
    const json::value* old = change.before->if_contains(name);
    const json::value previous = old ? *old : json::value(nullptr);
    if (previous != value) out[name] = {{"previous", previous}, {"updated", value}};
  }
  return out;
}

}  // namespace

std::string event_scope(std::string_view account_sid) { return fmt::format("{}/monitor/v1/Events", account_sid); }

std::string_view generic_type(const Context& context) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kTypes{{
      {"Addresses", "address"},
      {"Applications", "application"},
      {"ConnectApps", "connect-app"},
      {"OutgoingCallerIds", "caller-id"},
      {"Recordings", "recording"},
      {"SIP/CredentialLists", "sip-credential-list"},
      {"SIP/Domains", "sip-domain"},
      {"SIP/IpAccessControlLists", "sip-ip-access-control-list"},
      {"SMS/ShortCodes", "shortcode"},
  }};
  constexpr std::string_view kPrefix = "/2010-04-01/Accounts/{AccountSid}/";
  std::string_view path = context.operation.path().path_template();
  if (context.host != "api" || !path.starts_with(kPrefix)) return {};
  path.remove_prefix(kPrefix.size());
  if (path.ends_with(".json")) path.remove_suffix(5);
  if (path.ends_with("/{Sid}")) path.remove_suffix(6);
  for (const auto& [words, type] : kTypes) {
    if (path == words) return type;
  }
  return {};
}

void audit(store::Transaction& transaction, Services& services, const Context& context, const Audit& change) {
  json::object data = event_data(change);
  if (data.empty() && change.before && change.after) return;
  const std::string sid = services.sids.make("AE");
  // A key acts for its account; the address of a resource is where its request went.
  const std::string actor =
      context.principal.key_sid.empty() ? context.principal.account->sid : context.principal.key_sid;
  json::object out;
  out["account_sid"] = context.account->sid;
  out["actor_sid"] = actor;
  out["actor_type"] = "account";
  out["description"] = nullptr;
  out["event_data"] = std::move(data);
  out["event_date"] = iso8601(services.clock.now());
  out["event_type"] = fmt::format("{}.{}", change.resource_type, change.verb);
  out["resource_sid"] = change.resource_sid;
  out["resource_type"] = change.resource_type;
  out["sid"] = sid;
  out["source"] = "api";
  out["source_ip_address"] = context.remote;
  out["url"] = fmt::format("https://monitor.twilio.com/v1/Events/{}", sid);
  const auto link = [&](std::string_view uri, std::string_view url) -> json::value {
    const json::object& shown = change.after ? *change.after : *change.before;
    if (const auto own = text_of(shown, url); own.starts_with("https://")) return json::value(own);
    if (const auto own = text_of(shown, uri); own.starts_with('/'))
      return json::value(fmt::format("https://api.twilio.com{}", own));
    return nullptr;
  };
  out["links"] = {
      {"actor", fmt::format("https://api.twilio.com/2010-04-01/Accounts/{}.json", context.principal.account->sid)},
      {"resource", link("uri", "url")}};
  transaction.put(
      event_scope(context.account->sid),
      store::Record{.id = sid, .value = wire_json(out), .terms = {{"resource", std::string(change.resource_sid)}}});
}

}  // namespace dialtone::rest
