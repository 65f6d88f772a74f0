#pragma once
// All accounts and API keys, in memory: every request asks here who it is. Changes are committed first, then seen.

#include <string>
#include <string_view>
#include <unordered_map>

#include "rest/context.hpp"

namespace dialtone::accounts {

inline constexpr std::string_view kAccountsScope = "system/Accounts";
inline constexpr std::string_view kKeysScope = "system/Keys";
inline constexpr ErrorRow kSubaccountOfSubaccount{21101, 400, "Subaccounts cannot own other subaccounts"};
inline constexpr ErrorRow kInvalidStatus{21475, 400, "Invalid Status value"};
inline constexpr ErrorRow kParentSuspended{21476, 400, "Parent account is suspended"};
inline constexpr ErrorRow kStatusNotChangeable{21477, 400, "Account status cannot be changed"};
inline constexpr ErrorRow kClosed{21479, 400, "Account is closed"};

struct NewAccount {
  std::string sid;         ///< empty: made
  std::string auth_token;  ///< empty: made
  std::string owner_sid;   ///< empty: a parent account
  std::string friendly_name;
  bool trial = false;
};

class Directory final : public rest::Authenticator {
 public:
  explicit Directory(rest::Services& services) : services_(services) {}

  /// Reads what the store has, in place of what was known before.
  Task<> load();
  /// The first parent account; null before the first start has made it.
  [[nodiscard]] rest::AccountPtr main_account() const;

  Result<rest::Principal> authenticate(std::string_view user, std::string_view password) override;
  [[nodiscard]] rest::AccountPtr find(std::string_view account_sid) const override;

  /// Makes an account; the answer is its record in the API's JSON.
  Task<Result<std::string>> create(NewAccount draft);
  /// Adds a new account to the caller's transaction; remember() what it answers once it is committed.
  std::string add(store::Transaction& transaction, NewAccount draft);
  void remember(const std::string& record);
  /// Erases an account and its keys in the caller's transaction; forget() once it is committed.
  void erase(store::Transaction& transaction, std::string_view sid) const;
  void forget(std::string_view sid);
  /// Changes name, status or (for the first account at start) token. Errors: 21475…21479.
  struct Change {
    std::optional<std::string> friendly_name = {};
    std::optional<std::string> status = {};
    std::optional<std::string> auth_token = {};
    std::optional<bool> trial = {};
  };
  Task<Result<std::string>> change(std::string sid, Change change, bool by_parent);

  /// Makes an API key; the answer holds its secret, which is shown only now.
  Task<Result<std::string>> create_key(rest::AccountPtr account, std::string friendly_name);
  /// Takes part in the caller's transaction; forget_key() is called once it is committed.
  static void erase_key(store::Transaction& transaction, std::string_view sid);
  void forget_key(std::string_view sid);

  [[nodiscard]] std::size_t size() const { return accounts_.size(); }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct KeyEntry {
    std::string secret;
    std::string account_sid;
  };
  template <typename Value>
  using Map = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

  [[nodiscard]] Result<> check_active(const rest::Account& account) const;

  rest::Services& services_;
  Map<rest::AccountPtr> accounts_;
  Map<KeyEntry> keys_;
  std::string main_sid_;
};

}  // namespace dialtone::accounts
