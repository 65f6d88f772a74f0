#pragma once
// All accounts and API keys, in memory: every request asks here who it is. Changes are committed first, then seen.

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/hash.hpp"
#include "rest/context.hpp"

namespace dialtone::accounts {

inline constexpr std::string_view kAccountsScope = "system/Accounts";
inline constexpr std::string_view kKeysScope = "system/Keys";
inline constexpr ErrorRow kSubaccountOfSubaccount{21101, 400, "Subaccounts cannot own other subaccounts"};
inline constexpr ErrorRow kInvalidStatus{21475, 400, "Invalid Status value"};
inline constexpr ErrorRow kStatusNotChangeable{21477, 400, "Account status cannot be changed"};
inline constexpr ErrorRow kTooManySubaccounts{21480, 400, "Reached maximum number of subaccounts"};
inline constexpr ErrorRow kClosed{21479, 400, "Account is closed"};

/// Of one account, the closed ones aside. Those that the lab makes for tests are not held to it.
inline constexpr std::size_t kSubaccountsMax = 1000;

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
  /// Changes an account's record; the answer is the new one. `edit` may be called again when somebody else was faster;
  /// `also` adds to the transaction what depends on both.
  using Edit = std::function<Result<>(json::object& account)>;
  using Also = std::function<void(store::Transaction&, const json::object& before, const json::object& after)>;
  Task<Result<json::object>> change(std::string sid, Edit edit, Also also = {});

  /// Who a request is that comes with a token in place of credentials (user `token`). Nothing: nobody.
  using ReadToken = std::function<std::optional<rest::Principal>(std::string_view token)>;
  void read_tokens(ReadToken read) { read_token_ = std::move(read); }

  /// Called when an account is closed: `erase` with the transaction that does it, `forget` once it is committed.
  struct OnClose {
    std::function<void(store::Transaction&, const std::string& sid)> erase;
    std::function<void(const std::string& sid)> forget;
  };
  void on_close(OnClose hook) { on_close_.push_back(std::move(hook)); }

  /// The second pair of an account, with which nothing is kept and nothing happens.
  struct TestCredentials {
    std::string sid;
    std::string token;
  };
  [[nodiscard]] TestCredentials test_credentials(std::string_view account_sid) const;

  /// Makes an API key; the answer holds its secret, which is shown only now. `more` is added to the transaction.
  struct NewKey {
    rest::AccountPtr account;
    std::string friendly_name;
    json::value policy = nullptr;  ///< of a restricted key
  };
  Task<Result<json::object>> create_key(NewKey draft,
                                        std::function<void(store::Transaction&, const json::object&)> also);
  /// Takes part in the caller's transaction; forget_key() is called once it is committed.
  static void erase_key(store::Transaction& transaction, std::string_view sid);
  void forget_key(std::string_view sid);
  /// A restricted key's policy changes, in the caller's transaction; set_policy() once it is committed.
  void put_policy(store::Transaction& transaction, std::string_view sid, const json::value& policy) const;
  void set_policy(std::string_view sid, const json::value& policy);

  /// The account that a key belongs to; empty when there is no such key.
  [[nodiscard]] std::string_view account_of_key(std::string_view sid) const;

  /// How many subaccounts that are not closed the account has.
  [[nodiscard]] std::size_t subaccounts_of(std::string_view sid) const;

  [[nodiscard]] std::size_t size() const { return accounts_.size(); }

 private:
  struct KeyEntry {
    std::string secret;
    std::string account_sid;
    rest::PermissionsPtr permissions;  ///< null: not restricted
  };
  template <typename Value>
  using Map = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

  [[nodiscard]] Result<> check_active(const rest::Account& account) const;

  rest::Services& services_;
  std::string test_secret_;  ///< test credentials are made of it and the account's SID
  Map<rest::AccountPtr> accounts_;
  Map<rest::AccountPtr> test_accounts_;  ///< by the SID of the test credentials
  std::vector<OnClose> on_close_;
  ReadToken read_token_;
  Map<KeyEntry> keys_;
  std::string main_sid_;
};

}  // namespace dialtone::accounts
