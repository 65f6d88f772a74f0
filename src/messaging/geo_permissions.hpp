#pragma once
// To which countries an account may write. All are enabled until the account says otherwise. Source: Twilio,
// accounts.twilio.com/v1/Messaging/GeoPermissions; error dictionary, 21408.

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "rest/context.hpp"

namespace dialtone::messaging {

/// Ids are `AC… US`, one for each country that an account disabled.
inline constexpr std::string_view kGeoPermissionsScope = "system/GeoPermissions";

class GeoPermissions {
 public:
  explicit GeoPermissions(rest::Services& services) : services_(services) {}
  /// Reads what the store has, in place of what was known before.
  Task<> load();

  /// Nothing is disabled: the usual case, and all that a plain message asks.
  [[nodiscard]] bool empty() const { return disabled_.empty(); }
  [[nodiscard]] bool allows(std::string_view account_sid, std::string_view country) const {
    const auto found = disabled_.find(std::string(account_sid));
    return found == disabled_.end() || !found->second.contains(std::string(country));
  }
  /// Takes effect with the commit, which it makes.
  Task<Result<>> set(std::string account_sid, std::vector<std::pair<std::string, bool>> countries);

  void erase_account(store::Transaction& transaction, std::string_view account_sid) const;
  void forget_account(std::string_view account_sid) { disabled_.erase(std::string(account_sid)); }

 private:
  rest::Services& services_;
  std::unordered_map<std::string, std::unordered_set<std::string>> disabled_;
};

}  // namespace dialtone::messaging
