#include <charconv>

#include <fmt/format.h>

#include "numbers/area_places.hpp"
#include "numbers/resources/resources.hpp"

namespace dialtone::numbers::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr ErrorRow kInvalidAreaCode{21451, 400, "Invalid AreaCode"};
constexpr std::size_t kCountDefault = 50;
constexpr std::size_t kCountMax = 1000;
constexpr double kDistanceDefault = 25;  ///< miles
constexpr double kDistanceMax = 500;

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

/// Where a number is, as far as it is known.
struct Where {
  std::string locality;
  std::string region;
  std::string lata;
  std::optional<Position> position;
  std::string postal_code;
};

Where where(const std::string& number) {
  const Place place = place_of(number);
  Where out{.locality = place.locality, .region = place.region, .lata = {}, .position = {}, .postal_code = {}};
  const AreaPlace* const area =
      number.starts_with("+1") && number.size() > 5 ? place_of_area(number.substr(2, 3)) : nullptr;
  if (!area) return out;
  if (out.region.empty()) out.region = area->region;
  if (out.locality.empty()) out.locality = area->locality;
  out.lata = area->lata;
  // The position of an area code's other places is not known here.
  if (out.locality == area->locality && out.region == area->region) {
    out.position = area->position;
    out.postal_code = area->postal_code;
  }
  return out;
}

bool same_text(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

/// What a search asks of places. Each may be given as a number: the same as that of the number.
struct PlaceFilter {
  std::string locality, region, lata, rate_center, postal_code;
  std::optional<Position> near;
  double distance = kDistanceDefault;
  bool impossible = false;  ///< of a number that has no such thing

  [[nodiscard]] bool any() const {
    return !locality.empty() || !region.empty() || !lata.empty() || !rate_center.empty() || !postal_code.empty() ||
           near;
  }
  [[nodiscard]] bool keeps(const Where& where) const {
    if (!locality.empty() && !same_text(locality, where.locality)) return false;
    if (!region.empty() && !same_text(region, where.region)) return false;
    if (!lata.empty() && lata != where.lata) return false;
    if (!rate_center.empty() && !same_text(rate_center, rate_center_of(where.locality))) return false;
    if (!postal_code.empty() && !same_text(postal_code, where.postal_code)) return false;
    return !near || (where.position && miles_between(*near, *where.position) <= distance);
  }
};

bool is_number(std::string_view text) { return text.starts_with('+') || text.starts_with(' '); }

/// Errors: 20001 for a position or distance that is none, and for a rate centre without its LATA.
Result<PlaceFilter> read_filter(const Context& context, bool north_american) {
  PlaceFilter out;
  const auto read = [&](std::string_view name, std::string& into, auto of_number) {
    const std::string_view text = context.query.get(name);
    into = text;
    if (!is_number(text)) return;
    into = of_number(where(inspect(text.starts_with(' ') ? "+" + into.substr(1) : into, "US").e164));
    if (into.empty()) out.impossible = true;
  };
  read("InLocality", out.locality, [](const Where& of) { return of.locality; });
  if (!north_american) return out;  // the others are of the United States and Canada only
  read("InRegion", out.region, [](const Where& of) { return of.region; });
  read("InLata", out.lata, [](const Where& of) { return of.lata; });
  read("InPostalCode", out.postal_code, [](const Where& of) { return of.postal_code; });
  read("InRateCenter", out.rate_center, [](const Where& of) { return rate_center_of(of.locality); });
  if (!out.rate_center.empty() && out.lata.empty())
    return fail({dialtone::errors::kBadRequest, "InRateCenter requires InLata"});
  if (const auto number = context.query.get("NearNumber"); !number.empty()) {
    std::string e164 = inspect(number, "US").e164;
    if (e164.starts_with(' ')) e164[0] = '+';
    const AreaPlace* const area =
        e164.starts_with("+1") && e164.size() > 5 ? place_of_area(e164.substr(2, 3)) : nullptr;
    if (area) {
      out.near = area->position;
    } else {
      out.impossible = true;
    }
  }
  if (const auto text = context.query.get("NearLatLong"); !text.empty()) {
    Position at;
    const auto number = [](std::string_view from, double& into, double most) {
      while (from.starts_with(' ')) from.remove_prefix(1);
      const auto [end, error] = std::from_chars(from.data(), from.data() + from.size(), into);
      return error == std::errc{} && end == from.data() + from.size() && into >= -most && into <= most;
    };
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos || !number(text.substr(0, comma), at.latitude, 90) ||
        !number(text.substr(comma + 1), at.longitude, 180))
      return fail({dialtone::errors::kBadRequest, fmt::format("Invalid NearLatLong: {}", text)});
    out.near = at;
  }
  if (const auto text = context.query.get("Distance"); !text.empty()) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.distance);
    if (error != std::errc{} || end != text.data() + text.size() || out.distance < 0 || out.distance > kDistanceMax)
      return fail({dialtone::errors::kBadRequest, fmt::format("Invalid Distance: {}", text)});
  }
  return out;
}

/// Prefixes of national numbers between which a search has to look; nullopt: nothing can fit.
std::optional<std::vector<std::string>> prefixes_for(const PlaceFilter& filter, const std::string& country,
                                                     const std::string& area_code) {
  std::vector<std::string> out;
  const bool placed = filter.any();
  for (const AreaPlace& place : area_places()) {
    if (place.country != country) continue;
    if (!filter.keeps({.locality = place.locality,
                       .region = place.region,
                       .lata = place.lata,
                       .position = place.position,
                       .postal_code = place.postal_code}))
      continue;
    for (const std::string& code : place.area_codes) {
      if (area_code.empty() || code == area_code) out.push_back(code);
    }
  }
  // A place that is no area code's main one.
  if (!filter.locality.empty() && filter.postal_code.empty() && !filter.near) {
    for (const std::string& prefix : prefixes_in(filter.locality, filter.region)) {
      if (area_code.empty() || prefix.starts_with(area_code)) out.push_back(prefix);
    }
  }
  if (!placed) return area_code.empty() ? std::vector<std::string>{} : std::vector<std::string>{area_code};
  if (out.empty()) return std::nullopt;
  return out;
}

json::object row_of(const std::string& number, const std::string& country, Kind kind, const Where& at, bool mms) {
  const bool north_american = country == "US" || country == "CA";
  json::object row;
  row["address_requirements"] = address_requirement(country, kind);
  row["beta"] = false;
  row["capabilities"] = {{"mms", mms}, {"sms", takes_messages(country, kind)}, {"voice", true}};
  row["friendly_name"] = north_american ? inspect(number, country).national : number;
  row["iso_country"] = country;
  row["lata"] = text_or_null(at.lata);
  row["latitude"] = at.position ? json::value(at.position->latitude) : json::value(nullptr);
  row["locality"] = text_or_null(at.locality);
  row["longitude"] = at.position ? json::value(at.position->longitude) : json::value(nullptr);
  row["phone_number"] = number;
  row["postal_code"] = text_or_null(at.postal_code);
  row["rate_center"] = north_american ? text_or_null(rate_center_of(at.locality)) : json::value(nullptr);
  row["region"] = text_or_null(at.region);
  return row;
}

Task<Result<Reply>> find(Context& context, Kind kind, const Taken& taken) {
  Search what{.country = std::string(context.value("CountryCode")),
              .kind = kind,
              .prefixes = {},
              .contains = std::string(context.query.get("Contains")),
              .limit = kCountDefault};
  if (!is_country(what.country)) co_return fail(rest::not_found(context));
  std::string area_code(context.query.get("AreaCode"));
  if (!area_code.empty() && (area_code.size() != 3 || area_code.find_first_not_of("0123456789") != std::string::npos))
    co_return fail({kInvalidAreaCode, fmt::format("Invalid AreaCode: {}", area_code)});
  if (const auto* size = context.query.find("PageSize")) {
    std::from_chars(size->data(), size->data() + size->size(), what.limit);
    what.limit = std::clamp<std::size_t>(what.limit, 1, kCountMax);
  }
  if (what.contains.starts_with(' ')) what.contains[0] = '+';
  const bool north_american = what.country == "US" || what.country == "CA";
  if (!north_american) area_code.clear();
  DT_CO_TRY(const PlaceFilter filter, read_filter(context, north_american));
  const bool mms = north_american;
  const auto wants = [&](std::string_view name, bool has) {
    return !context.query.has(name) || context.query.flag(name, has) == has;
  };
  const std::string_view requirement = address_requirement(what.country, kind);
  const auto excludes = [&](std::string_view name) { return context.query.flag(name, false); };
  bool possible = !filter.impossible && wants("SmsEnabled", takes_messages(what.country, kind)) &&
                  wants("MmsEnabled", mms) && wants("VoiceEnabled", true) && wants("FaxEnabled", false);
  if (requirement != "none" && excludes("ExcludeAllAddressRequired")) possible = false;
  if (requirement == "local" && excludes("ExcludeLocalAddressRequired")) possible = false;
  if (requirement == "foreign" && excludes("ExcludeForeignAddressRequired")) possible = false;
  if (north_american && kind == Kind::kLocal) {
    auto prefixes = prefixes_for(filter, what.country, area_code);
    if (prefixes) what.prefixes = std::move(*prefixes);
    if (!prefixes) possible = false;
  } else if (!area_code.empty()) {
    what.contains = what.contains.empty() ? "+1" + area_code : what.contains;
  }
  // Without a wish for other places, numbers are offered of which the whole place is known.
  const bool main_places = north_american && kind == Kind::kLocal && filter.locality.empty() && what.contains.empty();
  json::array rows;
  if (possible) {
    for (const std::string& number : search(what, [&](const std::string& each) {
           if (taken(each) || (!area_code.empty() && each.substr(2, 3) != area_code)) return true;
           if (!main_places && !filter.any()) return false;
           const Where at = where(each);
           return (main_places && !at.position) || !filter.keeps(at);
         })) {
      rows.push_back(row_of(number, what.country, kind, where(number), mms));
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
