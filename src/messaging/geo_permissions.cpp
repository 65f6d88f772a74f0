#include "messaging/geo_permissions.hpp"

#include <fmt/format.h>

namespace dialtone::messaging {

Task<> GeoPermissions::load() {
  disabled_.clear();
  store::ListQuery query{.scope = std::string(kGeoPermissionsScope), .limit = 1000};
  while (true) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) {
      const std::size_t space = row->id.find(' ');
      if (space != std::string::npos) disabled_[row->id.substr(0, space)].insert(row->id.substr(space + 1));
    }
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
}

Task<Result<>> GeoPermissions::set(std::string account_sid, std::vector<std::pair<std::string, bool>> countries) {
  store::Transaction transaction;
  for (const auto& [country, enabled] : countries) {
    const std::string id = fmt::format("{} {}", account_sid, country);
    if (enabled) {
      transaction.erase(kGeoPermissionsScope, id);
    } else {
      transaction.put(kGeoPermissionsScope, id, "0");
    }
    transaction.journal({.at = services_.clock.now(),
                         .kind = "geo_permission.updated",
                         .account = account_sid,
                         .subject = country,
                         .data = wire_json({{"enabled", enabled}})});
  }
  DT_CO_CHECK(co_await services_.ledger.commit(std::move(transaction)));
  for (const auto& [country, enabled] : countries) {
    if (enabled) {
      const auto found = disabled_.find(account_sid);
      if (found == disabled_.end()) continue;
      found->second.erase(country);
      if (found->second.empty()) disabled_.erase(found);
    } else {
      disabled_[account_sid].insert(country);
    }
  }
  co_return Result<>{};
}

void GeoPermissions::erase_account(store::Transaction& transaction, std::string_view account_sid) const {
  const auto found = disabled_.find(std::string(account_sid));
  if (found == disabled_.end()) return;
  for (const std::string& country : found->second)
    transaction.erase(kGeoPermissionsScope, fmt::format("{} {}", account_sid, country));
}

}  // namespace dialtone::messaging
