// Addresses, as regulations ask for them, and the numbers that depend on one.
#include <algorithm>
#include <array>

#include "numbers/resources/resources.hpp"
#include "rest/paging.hpp"
#include "rest/values.hpp"

namespace dialtone::numbers::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr std::string_view kList = "/2010-04-01/Accounts/{AccountSid}/Addresses.json";
constexpr std::string_view kOne = "/2010-04-01/Accounts/{AccountSid}/Addresses/{Sid}.json";
constexpr std::string_view kDependent =
    "/2010-04-01/Accounts/{AccountSid}/Addresses/{AddressSid}/DependentPhoneNumbers.json";

constexpr ErrorRow kMissing{20001, 400, "Missing required parameter"};
constexpr ErrorRow kInvalid{21628, 400, "The address is not valid"};
constexpr ErrorRow kInUse{21630, 400, "The address is in use by a phone number and cannot be deleted"};
constexpr std::array<std::string_view, 6> kRequired{"CustomerName", "Street",     "City",
                                                    "Region",       "PostalCode", "IsoCountry"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `94105` or `94105-1234`
bool is_us_postal_code(std::string_view code) {
  if (code.size() != 5 && code.size() != 10) return false;
  if (!std::ranges::all_of(code.substr(0, 5), is_digit)) return false;
  return code.size() == 5 || (code[5] == '-' && std::ranges::all_of(code.substr(6), is_digit));
}

Result<> check(const rest::Fields& form, bool is_new) {
  for (const std::string_view name : kRequired) {
    const auto* value = form.find(name);
    if (is_new ? !value || value->empty() : value && value->empty()) {
      return fail({kMissing, fmt::format("Missing required parameter {} in the post body", name)});
    }
  }
  if (!is_new) return {};
  const std::string_view country = form.get("IsoCountry");
  if (country.size() != 2 || !std::ranges::all_of(country, [](char c) { return c >= 'A' && c <= 'Z'; }))
    return fail({kInvalid, fmt::format("IsoCountry must be a code of two capital letters: {}", country)});
  if (country == "US" && !is_us_postal_code(form.get("PostalCode")))
    return fail({kInvalid, fmt::format("{} is no postal code of the US", form.get("PostalCode"))});
  return {};
}

std::string number_scope(const Context& context) { return context.account->sid + "/api/IncomingPhoneNumbers"; }

bool depends(const store::Record& number, std::string_view address_sid) {
  const json::object fields = stored_object(number.value);
  return text_of(fields, "address_sid") == address_sid || text_of(fields, "emergency_address_sid") == address_sid;
}

Task<bool> is_in_use(store::Store& store, const Context& context, std::string address_sid) {
  store::ListQuery query{.scope = number_scope(context), .limit = 500};
  while (true) {
    const auto rows = co_await store.list(query);
    for (const auto& row : rows) {
      if (depends(*row, address_sid)) co_return true;
    }
    if (rows.size() < query.limit) co_return false;
    query.after = rows.back()->id;
  }
}

Task<Result<Reply>> list_dependent(rest::Services& services, Context& context) {
  const std::string address_sid(context.value("AddressSid"));
  if (!co_await services.ledger.store().get(context.account->sid + "/api/Addresses", address_sid))
    co_return fail(rest::not_found(context));
  rest::Listing listing{.scope = number_scope(context)};
  listing.keep = [address_sid](const store::Record& row) { return depends(row, address_sid); };
  listing.append = [schema = context.operation.item(), now = services.clock.now()](std::string& out,
                                                                                   const store::Record& row) {
    append_wire_json(out, rest::shape(stored_object(row.value), schema, now));
  };
  co_return co_await rest::list(context, services.ledger.store(), std::move(listing));
}

}  // namespace

void add_addresses(rest::Engine& engine, rest::Services& services) {
  const auto as_it_is = [&engine](Context& context) { return engine.generic(context); };
  engine.add({.host = "api",
              .path = kList,
              .methods = {{.method = catalogue::Method::kPost,
                           .run = [&engine](Context& context) -> Task<Result<Reply>> {
                             DT_CO_CHECK(check(context.form, true));
                             context.form.set_default("EmergencyEnabled", "false");
                             // Nobody looks at an address here; the US and most others ask for no more.
                             context.body = json::object{{"validated", false}, {"verified", false}};
                             co_return co_await engine.generic(context);
                           },
                           .validates = true},
                          {.method = catalogue::Method::kGet, .run = as_it_is}}});
  engine.add(
      {.host = "api",
       .path = kOne,
       .methods = {{.method = catalogue::Method::kGet, .run = as_it_is},
                   {.method = catalogue::Method::kPost,
                    .run = [&engine](Context& context) -> Task<Result<Reply>> {
                      DT_CO_CHECK(check(context.form, false));
                      co_return co_await engine.generic(context);
                    }},
                   {.method = catalogue::Method::kDelete, .run = [&](Context& context) -> Task<Result<Reply>> {
                      if (co_await is_in_use(services.ledger.store(), context, std::string(context.value("Sid"))))
                        co_return fail(kInUse);
                      co_return co_await engine.generic(context);
                    }}}});
  engine.add(
      {.host = "api", .path = kDependent, .methods = {{.method = catalogue::Method::kGet, .run = [&](Context& context) {
                                                         return list_dependent(services, context);
                                                       }}}});
}

}  // namespace dialtone::numbers::resources
