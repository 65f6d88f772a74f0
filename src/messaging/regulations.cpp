#include "messaging/regulations.hpp"

#include <fmt/format.h>

namespace dialtone::messaging {
namespace {

constexpr ErrorRow kNoAddressOnFile{21613, 400, "PhoneNumber Requires Certification"};
constexpr ErrorRow kNeedsLocalAddress{21615, 400, "Phone Number Requires a Local Address"};
constexpr ErrorRow kNeedsAddress{21631, 400, "Phone Number Requires an Address"};
constexpr ErrorRow kNeedsBundle{21649, 400, "Phone Number Requires a Bundle"};

/// Would an address in `address_country` do for a number of `country`?
bool satisfies(std::string_view requirement, std::string_view country, std::string_view address_country) {
  if (requirement == "local") return address_country == country;
  if (requirement == "foreign") return address_country != country;
  return true;
}

std::string_view named(std::string_view requirement) {
  return requirement == "local" ? "Local Address" : requirement == "foreign" ? "Foreign Address" : "Address";
}

Task<bool> has_address(store::Store& store, std::string account_sid, std::string_view requirement,
                       std::string country) {
  store::ListQuery query{.scope = address_scope(account_sid), .limit = 500};
  while (true) {
    const auto rows = co_await store.list(query);
    for (const auto& row : rows) {
      if (satisfies(requirement, country, text_of(stored_object(row->value), "iso_country"))) co_return true;
    }
    if (rows.size() < query.limit) co_return false;
    query.after = rows.back()->id;
  }
}

Task<Result<>> check_address(store::Store& store, const Holding& holding, std::string sid) {
  const std::string country = holding.phone.country();
  const std::string_view requirement = numbers::address_requirement(country, kind_of(holding.phone));
  if (!sid.empty()) {
    const auto record = co_await store.get(address_scope(holding.account_sid), sid);
    if (record && satisfies(requirement, country, text_of(stored_object(record->value), "iso_country")))
      co_return Result<>{};
    co_return fail({requirement == "local" ? kNeedsLocalAddress : kNeedsAddress,
                    fmt::format("Could not find Address with sid {} for account {} to satisfy {} requirement", sid,
                                holding.account_sid, named(requirement))});
  }
  if (!holding.strict || requirement == "none" || holding.how == Holding::How::kChanged) co_return Result<>{};
  if (holding.how == Holding::How::kBought)
    co_return fail({kNeedsAddress, "Phone Number Requires an Address but the 'AddressSid' parameter was empty."});
  if (co_await has_address(store, holding.account_sid, requirement, country)) co_return Result<>{};
  co_return fail({kNoAddressOnFile, fmt::format("The account {} has no address that satisfies the {} requirement of {}",
                                                holding.account_sid, named(requirement), holding.phone.text())});
}

Task<Result<>> check_bundle(store::Store& store, const Holding& holding, std::string sid) {
  if (!sid.empty()) {
    const auto record = co_await store.get(bundle_scope(holding.account_sid), sid);
    if (!record) co_return fail({kNeedsBundle, fmt::format("Bundle [{}] does not exist", sid)});
    if (text_of(stored_object(record->value), "status") == "twilio-approved") co_return Result<>{};
    co_return fail({kNeedsBundle, fmt::format("Bundle [{}] status is not twilio-approved", sid)});
  }
  // As far as is known, who asks for an address asks for the papers, too.
  const auto requirement = numbers::address_requirement(holding.phone.country(), kind_of(holding.phone));
  if (!holding.strict || requirement == "none" || holding.how == Holding::How::kChanged) co_return Result<>{};
  co_return fail({kNeedsBundle,
                  "To purchase or transfer this number you must provide a bundle compliant with the rules for the "
                  "country and number type."});
}

}  // namespace

std::string address_scope(std::string_view account_sid) { return fmt::format("{}/api/Addresses", account_sid); }

std::string bundle_scope(std::string_view account_sid) {
  return fmt::format("{}/numbers/v2/RegulatoryCompliance/Bundles", account_sid);
}

numbers::Kind kind_of(const E164& phone) {
  if (phone.is_toll_free()) return numbers::Kind::kTollFree;
  return phone.line_type() == LineType::kMobile ? numbers::Kind::kMobile : numbers::Kind::kLocal;
}

Task<Result<>> check_regulations(Messenger& messenger, Holding holding, const rest::Fields& form) {
  auto& store = messenger.services().ledger.store();
  DT_CO_CHECK(co_await check_address(store, holding, std::string(form.get("AddressSid"))));
  co_return co_await check_bundle(store, holding, std::string(form.get("BundleSid")));
}

}  // namespace dialtone::messaging
