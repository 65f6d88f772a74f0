#include "numbers/resources/pricing.hpp"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <charconv>

#include "numbers/plan.hpp"
#include "rest/paging.hpp"

namespace dialtone::numbers::resources {
namespace {

using rest::Context;
using rest::Reply;

// In dollars; what messages and numbers cost in usage records.
constexpr double kSms = 0.0075;
constexpr double kCallOut = 0.014;
constexpr double kCallIn = 0.0085;
constexpr double kNumber = 1.15;
constexpr double kTollFreeNumber = 2.15;

json::object price(double dollars) { return {{"base_price", dollars}, {"current_price", dollars}}; }

json::object price(double dollars, std::string_view type) {
  json::object out = price(dollars);
  out["number_type"] = type;
  return out;
}

/// The kinds of number that a country has, as pricing names them.
std::vector<std::pair<std::string_view, Kind>> kinds_of(std::string_view country) {
  std::vector<std::pair<std::string_view, Kind>> out;
  for (const auto& kind : {std::pair{std::string_view("local"), Kind::kLocal},
                           {std::string_view("mobile"), Kind::kMobile},
                           {std::string_view("toll free"), Kind::kTollFree}}) {
    if (has_kind(country, kind.second)) out.push_back(kind);
  }
  return out;
}

json::array prices_by_kind(std::string_view country, double dollars) {
  json::array out;
  for (const auto& [word, kind] : kinds_of(country)) out.push_back(price(dollars, word));
  return out;
}

json::array prefixes_of(const std::string& country) {
  const int code = i18n::phonenumbers::PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(country);
  return json::array{json::value(std::to_string(code))};
}

json::object country_head(const std::string& country, const std::string& url) {
  return {{"country", country_name(country)}, {"iso_country", country}, {"url", url}};
}

json::object messaging(const std::string& country, std::string) {
  json::array carriers;
  carriers.push_back(json::object{{"carrier", "Any"},
                                  {"mcc", ""},
                                  {"mnc", ""},
                                  {"prices", json::array{price(kSms, "local"), price(kSms, "mobile")}}});
  return {{"outbound_sms_prices", std::move(carriers)}, {"inbound_sms_prices", prices_by_kind(country, kSms)}};
}

json::object phone_numbers(const std::string& country, std::string) {
  json::array out;
  for (const auto& [word, kind] : kinds_of(country)) {
    out.push_back(price(kind == Kind::kTollFree ? kTollFreeNumber : kNumber, word));
  }
  return {{"phone_number_prices", std::move(out)}};
}

/// Version 2 tells where a call comes from, too.
json::object prefix_price(const std::string& country, bool origin) {
  json::object out = price(kCallOut);
  out[origin ? "destination_prefixes" : "prefixes"] = prefixes_of(country);
  if (origin) out["origination_prefixes"] = json::array{json::value("ALL")};
  out["friendly_name"] = fmt::format("Programmable Outbound Minute - {}", country_name(country));
  return out;
}

json::object voice(const std::string& country, std::string version) {
  return {{"outbound_prefix_prices", json::array{prefix_price(country, version == "v2")}},
          {"inbound_call_prices", prices_by_kind(country, kCallIn)}};
}

json::object trunking(const std::string& country, std::string) {
  return {{"terminating_prefix_prices", json::array{prefix_price(country, true)}},
          {"originating_call_prices", prices_by_kind(country, kCallIn)}};
}

struct Product {
  std::string_view version;
  std::string_view word;
  json::object (*prices)(const std::string& country, std::string version);
};
constexpr std::array<Product, 5> kProducts{{{"v1", "Messaging", messaging},
                                            {"v1", "PhoneNumbers", phone_numbers},
                                            {"v1", "Voice", voice},
                                            {"v2", "Voice", voice},
                                            {"v2", "Trunking", trunking}}};

std::string url_of(const Product& product, std::string_view country) {
  return fmt::format("https://pricing.twilio.com/{}/{}/Countries/{}", product.version, product.word, country);
}

Task<Result<Reply>> list(Product product, Context& context) {
  const auto& all = countries();
  DT_CO_TRY(const auto page, rest::parse_page(context));
  std::size_t begin = 0;
  if (!page.after.empty()) {
    const auto edge = std::ranges::find(all, page.after);
    if (edge == all.end()) co_return fail(rest::kInvalidPageToken);
    const auto at = static_cast<std::size_t>(edge - all.begin());
    begin = page.backwards ? at - std::min(at, page.size) : at + 1;
  }
  const std::size_t end = std::min(all.size(), begin + page.size);
  std::string rows;
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin) rows += ", ";
    append_wire_json(rows, country_head(all[i], url_of(product, all[i])));
  }
  rest::PageEdge edge;
  edge.count = end > begin ? end - begin : 0;
  edge.more = end < all.size();
  if (edge.count > 0) {
    edge.first_id = all[begin];
    edge.last_id = all[end - 1];
  }
  co_return Reply{.status = 200, .body = rest::render_page(context, page, edge, rows)};
}

Task<Result<Reply>> fetch(Product product, Context& context) {
  const std::string country(context.value("IsoCountry"));
  if (std::ranges::find(countries(), country) == countries().end()) co_return fail(rest::not_found(context));
  json::object out = country_head(country, url_of(product, country));
  out["price_unit"] = "USD";
  for (auto& [name, value] : product.prices(country, std::string(product.version))) out[name] = std::move(value);
  co_return Reply{.status = 200, .body = wire_json(out)};
}

/// What a call to a number costs.
Task<Result<Reply>> fetch_number(Product product, std::string_view parameter, Context& context) {
  const Inspection number = inspect(context.value(parameter), "US");
  if (number.country.empty()) co_return fail(rest::not_found(context));
  const std::string& country = number.country;
  const bool trunk = product.word == "Trunking";
  json::object out = country_head(
      country, fmt::format("https://pricing.twilio.com/{}/{}/Numbers/{}", product.version, product.word, number.e164));
  out["price_unit"] = "USD";
  // Only a number that could be Twilio's can be called.
  const json::object inbound = price(kCallIn, number.line_type == "tollFree" ? "toll free" : "local");
  if (product.version == "v1") {
    out["number"] = number.e164;
    out["outbound_call_price"] = price(kCallOut);
    out["inbound_call_price"] = inbound;
  } else {
    out["destination_number"] = number.e164;
    const std::string_view origin = context.query.get("OriginationNumber");
    out["origination_number"] = origin.empty() ? json::value(nullptr) : json::value(origin);
    if (trunk) {
      out["terminating_prefix_prices"] = json::array{prefix_price(country, true)};
      out["originating_call_price"] = inbound;
    } else {
      json::object outbound = price(kCallOut);
      outbound["origination_prefixes"] = json::array{json::value("ALL")};
      out["outbound_call_prices"] = json::array{std::move(outbound)};
      out["inbound_call_price"] = inbound;
    }
  }
  co_return Reply{.status = 200, .body = wire_json(out)};
}

void get(rest::Engine& engine, const std::string& path, rest::Behaviour run) {
  engine.add(
      {.host = "pricing", .path = path, .methods = {{.method = catalogue::Method::kGet, .run = std::move(run)}}});
}

}  // namespace

void add_pricing(rest::Engine& engine) {
  for (const Product& product : kProducts) {
    const std::string base = fmt::format("/{}/{}", product.version, product.word);
    get(engine, base + "/Countries", [product](Context& context) { return list(product, context); });
    get(engine, base + "/Countries/{IsoCountry}", [product](Context& context) { return fetch(product, context); });
    if (product.word == "Messaging" || product.word == "PhoneNumbers") continue;
    const std::string_view parameter = product.version == "v1" ? "Number" : "DestinationNumber";
    get(engine, fmt::format("{}/Numbers/{{{}}}", base, parameter),
        [product, parameter](Context& context) { return fetch_number(product, parameter, context); });
  }
}

}  // namespace dialtone::numbers::resources
