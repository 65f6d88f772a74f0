#include "lab/tenants.hpp"

#include <array>

#include <fmt/format.h>

#include "messaging/resources/resources.hpp"

namespace dialtone::lab {
namespace {

/// Of large cities, so that the numbers look like some.
constexpr std::array<int, 40> kAreaCodes{212, 213, 303, 305, 312, 313, 314, 317, 404, 407, 408, 410, 412, 414,
                                         502, 503, 504, 505, 512, 513, 602, 612, 614, 615, 617, 619, 702, 703,
                                         704, 713, 716, 718, 801, 804, 808, 813, 816, 901, 907, 916};
constexpr std::uint32_t kLinesPerArea = 9'000;  ///< 555-1000 to 555-9999
constexpr std::uint32_t kNumbers = kLinesPerArea * kAreaCodes.size();
constexpr std::uint32_t kPhones = 8'000'000;  ///< +1555 200 0000 to +1555 999 9999, a code that no area has

constexpr ErrorRow kNoNumberLeft{21452, 400, "No phone number is left for another tenant"};

store::RecordPtr record(const std::string& sid, const json::object& value) {
  return std::make_shared<const store::Record>(store::Record{.id = sid, .value = wire_json(value), .terms = {}});
}

}  // namespace

Task<> Tenants::load() {
  tenants_.clear();
  store::ListQuery query{.scope = std::string(kTenantsScope), .oldest_first = true, .limit = 500};
  while (true) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) {
      tenants_.insert(row->id);
      co_await handsets_.load_space(row->id);
    }
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
}

Result<E164> Tenants::next_number() {
  for (std::uint32_t tries = 0; tries < kNumbers; ++tries) {
    const std::uint32_t at = number_cursor_++ % kNumbers;
    auto number =
        E164::parse(fmt::format("+1{}555{}", kAreaCodes[at % kAreaCodes.size()], 1000 + at / kAreaCodes.size()));
    if (number && messenger_.is_free(number->text())) return number;
  }
  return fail(kNoNumberLeft);
}

std::string Tenants::next_handset() {
  std::string number;
  do {
    number = fmt::format("+1555{}", 2'000'000 + handset_cursor_++ % kPhones);
  } while (!messenger_.is_free(number));
  return number;
}

Task<Result<json::object>> Tenants::create(NewTenant draft) {
  const std::string sid = services_.sids.make("AC");
  const std::string token = random_hex(16);
  const TimePoint now = services_.clock.now();
  if (draft.name.empty()) draft.name = "Tenant " + sid.substr(2, 12);

  store::Transaction transaction;
  const std::string account = accounts_.add(transaction, {.sid = sid,
                                                          .auth_token = token,
                                                          .owner_sid = draft.owner_sid,
                                                          .friendly_name = draft.name,
                                                          .trial = draft.trial});
  std::vector<json::object> numbers;
  json::array number_list;
  for (std::size_t i = 0; i < draft.numbers; ++i) {
    DT_CO_TRY(const E164 phone, next_number());
    DT_CO_TRY(auto number, messaging::resources::add_number(messenger_, transaction, sid, phone, draft.number_form,
                                                            messaging::resources::NumberOrigin::kBrought));
    number_list.push_back(json::object{{"phone_number", phone.text()}, {"sid", text_of(number, "sid")}});
    numbers.push_back(std::move(number));
  }
  handsets_.open_space(sid);
  json::array handset_list;
  for (std::size_t i = 0; i < draft.handsets; ++i) {
    const json::object handset = handsets_.add(transaction, next_handset(), {}, sid);
    handset_list.push_back(handset.at("number"));
  }
  json::object tenant;
  tenant["sid"] = sid;
  tenant["auth_token"] = token;
  tenant["name"] = draft.name;
  tenant["number"] = number_list.empty() ? json::value(nullptr) : number_list[0].at("phone_number");
  tenant["handset"] = handset_list.empty() ? json::value(nullptr) : handset_list[0];
  tenant["numbers"] = std::move(number_list);
  tenant["handsets"] = std::move(handset_list);
  tenant["date_created"] = iso8601_precise(now);
  transaction.put(kTenantsScope, record(sid, tenant));
  transaction.journal({.at = now,
                       .kind = "tenant.created",
                       .account = draft.owner_sid,
                       .subject = sid,
                       .data = wire_json({{"name", draft.name}})});
  for (const auto& number : numbers) messenger_.numbers().remember(number);
  const auto committed = co_await services_.ledger.commit(std::move(transaction));
  if (!committed) {
    handsets_.close_space(sid);
    for (const auto& number : numbers) messenger_.numbers().forget(text_of(number, "phone_number"));
    co_return fail(committed.error());
  }
  accounts_.remember(account);
  tenants_.insert(sid);
  tenant["position"] = committed->last_position;
  co_return tenant;
}

Task<Result<>> Tenants::remove(std::string sid) {
  if (!tenants_.contains(sid)) co_return fail({errors::kNotFound, fmt::format("There is no tenant {}", sid)});
  const auto account = accounts_.find(sid);
  const auto record_seen = co_await services_.ledger.store().get(kTenantsScope, sid);
  if (!account || !record_seen || tenants_.erase(sid) == 0) {
    co_return fail({errors::kNotFound, fmt::format("There is no tenant {}", sid)});
  }
  const auto numbers = messenger_.numbers().of(sid);
  store::Transaction transaction;
  accounts_.erase(transaction, sid);
  for (const auto& number : numbers) messaging::Numbers::erase(transaction, *number);
  for (const auto& hook : hooks_) co_await hook(transaction, sid);
  transaction.erase_tree(sid);
  transaction.erase(kTenantsScope, sid);
  transaction.journal({.at = services_.clock.now(),
                       .kind = "tenant.removed",
                       .account = account->owner_sid,
                       .subject = sid,
                       .data = "{}"});
  const auto committed = co_await services_.ledger.commit_and_revoke(std::move(transaction), sid);
  if (!committed) {
    tenants_.insert(sid);
    co_return fail(committed.error());
  }
  accounts_.forget(sid);
  handsets_.close_space(sid);
  for (const auto& number : numbers) messenger_.numbers().forget(number->phone_number);
  co_return Result<>{};
}

Task<std::vector<json::object>> Tenants::list() {
  std::vector<json::object> out;
  store::ListQuery query{.scope = std::string(kTenantsScope), .oldest_first = true, .limit = 500};
  while (true) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) out.push_back(stored_object(row->value));
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
  co_return out;
}

bool Tenants::may_read(const rest::Account& reader, std::string_view owner) const {
  if (owner == reader.sid) return true;
  if (owner.empty()) return !contains(reader.sid);
  const auto account = accounts_.find(owner);
  return account && account->owner_sid == reader.sid;
}

}  // namespace dialtone::lab
