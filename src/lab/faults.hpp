#pragma once
// The faults that are set, and what they strike. The main account's strike everybody, a tenant's only itself. While
// there are none, messages and webhooks do not ask. Every strike is in the journal (`fault.struck`), and how far a
// script has come is kept with it.

#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "lab/fault.hpp"
#include "rest/context.hpp"

namespace dialtone::lab {

inline constexpr std::string_view kFaultsScope = "system/Faults";
inline constexpr std::size_t kFaultsPerAccountMax = 100;

class Faults final : public messaging::Mishaps, public webhook::Mishaps {
 public:
  /// Where the two of us are plugged in: called with `this` when the first fault is set, with null after the last.
  using PlugIn = std::function<void(messaging::Mishaps*, webhook::Mishaps*)>;

  Faults(rest::Services& services, PlugIn plug_in) : services_(services), plug_in_(std::move(plug_in)) {}
  Task<> load();

  /// Errors: 20001.
  Task<Result<json::object>> add(const rest::Account& account, Fault fault);
  [[nodiscard]] std::vector<json::object> list(const std::string& account) const;
  [[nodiscard]] std::optional<json::object> find(const std::string& account, std::string_view sid) const;
  /// Error: 20404.
  Task<Result<>> remove(std::string account, std::string sid);
  Task<Result<>> clear(std::string account);
  /// For an account that goes: erases its faults in the caller's transaction, and forgets them.
  void erase(store::Transaction& transaction, const std::string& account);

  messaging::Mishap strike(const messaging::Message& message, store::Transaction& transaction) override;
  Task<std::optional<Error>> refuse(const messaging::Message& message) override;
  Task<webhook::Mishap> strike(const webhook::Call& call, const std::string& url, Duration limit,
                               const Error& expired) override;

 private:
  using List = std::vector<Fault>;
  struct Strike {
    Fault* fault;
    const Fault::Step* step;
  };

  /// The first fault that strikes: of the account itself, else of those that strike everybody.
  template <typename Thing>
  std::optional<Strike> find_strike(const std::string& account, const Thing& thing);
  /// Puts the strike into a transaction: the entry, and how far the fault has come.
  void tell(store::Transaction& transaction, const Strike& strike, const std::string& account, std::string subject,
            json::object data);
  void plug();

  rest::Services& services_;
  PlugIn plug_in_;
  std::unordered_map<std::string, List> faults_;  ///< by account
  std::string everybody_;                         ///< the account whose faults strike everybody
};

}  // namespace dialtone::lab
