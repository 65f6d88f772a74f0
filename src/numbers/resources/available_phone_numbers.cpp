#include <charconv>

#include <fmt/format.h>

#include "numbers/resources/resources.hpp"

namespace dialtone::numbers::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr ErrorRow kInvalidAreaCode{21451, 400, "Invalid AreaCode"};
constexpr std::size_t kCountDefault = 50;
constexpr std::size_t kCountMax = 1000;

struct Path {
  Kind kind;
  std::string_view key;   ///< in subresource_uris
  std::string_view word;  ///< in the path
};
constexpr std::array<Path, 6> kPaths{{{Kind::kLocal, "local", "Local"},
                                      {Kind::kTollFree, "toll_free", "TollFree"},
                                      {Kind::kMobile, "mobile", "Mobile"},
                                      {Kind::kNational, "national", "National"},
                                      {Kind::kVoip, "voip", "Voip"},
                                      {Kind::kSharedCost, "shared_cost", "SharedCost"}}};

json::object describe(const std::string& account_sid, const std::string& country) {
  const std::string base = fmt::format("/2010-04-01/Accounts/{}/AvailablePhoneNumbers/{}", account_sid, country);
  json::object kinds;
  for (const Path& path : kPaths) {
    if (has_kind(country, path.kind)) kinds[path.key] = fmt::format("{}/{}.json", base, path.word);
  }
  json::object out;
  out["beta"] = false;
  out["country"] = country_name(country);
  out["country_code"] = country;
  out["subresource_uris"] = std::move(kinds);
  out["uri"] = base + ".json";
  return out;
}

bool is_country(std::string_view code) { return std::ranges::binary_search(countries(), code); }

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

Task<Result<Reply>> find(Context& context, Kind kind, const Taken& taken) {
  Search what{.country = std::string(context.value("CountryCode")),
              .kind = kind,
              .area_code = std::string(context.query.get("AreaCode")),
              .contains = std::string(context.query.get("Contains")),
              .limit = kCountDefault};
  if (!is_country(what.country)) co_return fail(rest::not_found(context));
  if (!what.area_code.empty() &&
      (what.area_code.size() != 3 || what.area_code.find_first_not_of("0123456789") != std::string::npos)) {
    co_return fail({kInvalidAreaCode, fmt::format("Invalid AreaCode: {}", what.area_code)});
  }
  if (const auto* size = context.query.find("PageSize")) {
    std::from_chars(size->data(), size->data() + size->size(), what.limit);
    what.limit = std::clamp<std::size_t>(what.limit, 1, kCountMax);
  }
  const bool mms = what.country == "US" || what.country == "CA";
  const auto wants = [&](std::string_view name, bool has) {
    return !context.query.has(name) || context.query.flag(name, has) == has;
  };
  json::array rows;
  const bool possible = wants("SmsEnabled", true) && wants("MmsEnabled", mms) && wants("VoiceEnabled", true) &&
                        wants("FaxEnabled", false) && (what.contains.empty() || what.contains.size() >= 2);
  const std::string locality(context.query.get("InLocality"));
  const std::string region(context.query.get("InRegion"));
  const std::size_t limit = what.limit;
  if (!locality.empty() || !region.empty()) what.limit = kCountMax;  // the place is known afterwards
  if (possible) {
    for (const std::string& number : search(what, taken)) {
      const Place place = place_of(number);
      if ((!locality.empty() && place.locality != locality) || (!region.empty() && place.region != region)) continue;
      const Inspection facts = inspect(number, what.country);
      json::object row;
      row["address_requirements"] = "none";
      row["beta"] = false;
      row["capabilities"] = {{"mms", mms}, {"sms", true}, {"voice", true}};
      row["friendly_name"] = what.country == "US" || what.country == "CA" ? facts.national : number;
      row["iso_country"] = what.country;
      row["lata"] = nullptr;
      row["latitude"] = nullptr;
      row["locality"] = text_or_null(place.locality);
      row["longitude"] = nullptr;
      row["phone_number"] = number;
      row["postal_code"] = nullptr;
      row["rate_center"] = nullptr;
      row["region"] = text_or_null(place.region);
      rows.push_back(std::move(row));
      if (rows.size() == limit) break;
    }
  }
  co_return Reply{.status = 200,
                  .body = wire_json({{"available_phone_numbers", std::move(rows)}, {"uri", context.path}})};
}

}  // namespace

rest::Resource available_countries() {
  return {.host = "api",
          .path = "/2010-04-01/Accounts/{AccountSid}/AvailablePhoneNumbers.json",
          .methods = {{.method = catalogue::Method::kGet, .run = [](Context& context) -> Task<Result<Reply>> {
                         json::array rows;
                         for (const std::string& country : countries())
                           rows.push_back(describe(context.account->sid, country));
                         co_return Reply{.status = 200,
                                         .body = wire_json({{"countries", std::move(rows)}, {"uri", context.path}})};
                       }}}};
}

rest::Resource available_country() {
  return {.host = "api",
          .path = "/2010-04-01/Accounts/{AccountSid}/AvailablePhoneNumbers/{CountryCode}.json",
          .methods = {{.method = catalogue::Method::kGet, .run = [](Context& context) -> Task<Result<Reply>> {
                         const std::string country(context.value("CountryCode"));
                         if (!is_country(country)) co_return fail(rest::not_found(context));
                         co_return Reply{.status = 200, .body = wire_json(describe(context.account->sid, country))};
                       }}}};
}

rest::Resource available_numbers(std::string_view path, Kind kind, Taken taken) {
  return {.host = "api",
          .path = path,
          .methods = {{.method = catalogue::Method::kGet, .run = [kind, taken = std::move(taken)](Context& context) {
                         return find(context, kind, taken);
                       }}}};
}

}  // namespace dialtone::numbers::resources
