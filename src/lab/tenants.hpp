#pragma once
// A tenant is a subaccount for one test: with numbers, handsets and credentials of its own, made in one transaction and
// removed whole. Its phones are its own (handsets.hpp) and it reads nothing but its own in the journal, so that
// hundreds of tests run side by side on one server.

#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

#include "accounts/directory.hpp"
#include "base/e164.hpp"
#include "carrier/handset/handsets.hpp"
#include "messaging/messenger.hpp"

namespace dialtone::lab {

inline constexpr std::string_view kTenantsScope = "system/Tenants";
inline constexpr std::size_t kTenantNumbersMax = 20;
inline constexpr std::size_t kTenantHandsetsMax = 20;

struct NewTenant {
  std::string owner_sid;
  std::string name;
  std::size_t numbers = 1;
  std::size_t handsets = 1;
  rest::Fields number_form = {};  ///< parameters of the numbers, as in the API
  bool trial = false;
};

class Tenants {
 public:
  Tenants(rest::Services& services, accounts::Directory& accounts, messaging::Messenger& messenger,
          carrier::handset::Handsets& handsets)
      : services_(services), accounts_(accounts), messenger_(messenger), handsets_(handsets) {}

  /// After accounts, numbers and handsets have been loaded.
  Task<> load();

  /// Makes a tenant; the answer holds its credentials, numbers and handsets. Errors: 20002, 21402, 21403.
  Task<Result<json::object>> create(NewTenant draft);
  /// Removes a tenant and all that belongs to it. Error: 20404.
  Task<Result<>> remove(std::string sid);
  /// What create() answered, oldest first.
  Task<std::vector<json::object>> list();
  [[nodiscard]] bool contains(std::string_view account_sid) const {
    return !tenants_.empty() && tenants_.contains(std::string(account_sid));
  }
  /// Called when a tenant is removed, with the transaction that does it: for what others keep outside of its scopes.
  using RemoveHook = std::function<Task<>(store::Transaction&, std::string sid)>;
  void on_remove(RemoveHook hook) { hooks_.push_back(std::move(hook)); }

  /// May `reader` see what belongs to `owner` (empty: to nobody, such as a shared phone)? Its own, and its
  /// subaccounts'; what belongs to nobody as well, unless it is a tenant.
  [[nodiscard]] bool may_read(const rest::Account& reader, std::string_view owner) const;

 private:
  Result<E164> next_number();
  std::string next_handset();

  rest::Services& services_;
  accounts::Directory& accounts_;
  messaging::Messenger& messenger_;
  carrier::handset::Handsets& handsets_;
  std::unordered_set<std::string> tenants_;
  std::vector<RemoveHook> hooks_;
  std::uint32_t number_cursor_ = 0;
  std::uint32_t handset_cursor_ = 0;
};

}  // namespace dialtone::lab
