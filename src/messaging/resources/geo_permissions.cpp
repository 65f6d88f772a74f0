#include "messaging/geo_permissions.hpp"

#include <algorithm>

#include "base/e164.hpp"
#include "messaging/resources/resources.hpp"

namespace dialtone::messaging::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

Error invalid(std::string why) { return {dialtone::errors::kBadRequest, "Invalid parameter Permissions: " + why}; }

/// The code of a country as it is dialled; 0 for what is none.
int prefix_of(std::string_view country) {
  const auto& all = calling_codes();
  const auto found = std::ranges::find(all, country, &std::pair<std::string, int>::first);
  return found == all.end() ? 0 : found->second;
}

/// GET: all countries, or those of `CountryCode` (several with commas).
Task<Result<Reply>> fetch(Messenger& messenger, Context& context) {
  const std::string asked = "," + std::string(context.query.get("CountryCode")) + ",";
  json::array rows;
  for (const auto& [country, prefix] : calling_codes()) {
    if (asked != ",," && asked.find(fmt::format(",{},", country)) == std::string::npos) continue;
    rows.push_back(json::object{{"country_code", country},
                                {"type", "country"},
                                {"enabled", messenger.geo_permissions().allows(context.account->sid, country)},
                                {"prefix", fmt::format("+{}", prefix)},
                                {"message", ""}});
  }
  co_return Reply{.status = 200, .body = wire_json({{"permissions", std::move(rows)}})};
}

/// PATCH: enables and disables countries, each a JSON object of the form.
Task<Result<Reply>> update(Messenger& messenger, Context& context) {
  std::vector<std::pair<std::string, bool>> changes;
  json::array rows;
  std::vector<json::value> given;
  for (const std::string& text : context.form.all("Permissions")) {
    auto parsed = parse_json(text);
    if (!parsed) co_return fail(invalid("it is no JSON"));
    if (const auto* list = parsed->if_array()) {
      given.insert(given.end(), list->begin(), list->end());
    } else {
      given.push_back(std::move(*parsed));
    }
  }
  for (const json::value& each : given) {
    const json::object* const wish = each.if_object();
    const json::value* const enabled = wish ? wish->if_contains("enabled") : nullptr;
    if (!enabled || !enabled->is_bool() || text_of(*wish, "type") != "country")
      co_return fail(invalid("each is an object with country_code, type (country) and enabled"));
    const std::string country(text_of(*wish, "country_code"));
    if (prefix_of(country) == 0) co_return fail(invalid(fmt::format("{} is no country", country)));
    changes.emplace_back(country, enabled->get_bool());
    rows.push_back(json::object{{"country_code", country},
                                {"type", "country"},
                                {"enabled", enabled->get_bool()},
                                {"error_code", 0},
                                {"error_messages", json::array{}}});
  }
  DT_CO_CHECK(co_await messenger.geo_permissions().set(context.account->sid, std::move(changes)));
  co_return Reply{.status = 200, .body = wire_json({{"permissions", std::move(rows)}})};
}

}  // namespace

rest::Resource geo_permissions(Messenger& messenger) {
  return {
      .host = "accounts",
      .path = "/v1/Messaging/GeoPermissions",
      .methods = {
          {.method = Method::kGet, .run = [&messenger](Context& context) { return fetch(messenger, context); }},
          {.method = Method::kPatch, .run = [&messenger](Context& context) { return update(messenger, context); }}}};
}

}  // namespace dialtone::messaging::resources
