#pragma once
// The deployments that are live, in memory: the gateway asks for one at every request. Changes are committed first and
// then read again from the store, so that what is here is never more than what is durable.

#include <string>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
#include "functions/deployed.hpp"
#include "functions/folders.hpp"
#include "functions/logs.hpp"
#include "functions/records.hpp"

namespace dialtone::functions {

struct EnvironmentKey {
  std::string account_sid;
  std::string service_sid;
  std::string environment_sid;
};

class Live final : public Deployments {
 public:
  Live(rest::Services& services, const Folders& folders, Logs& logs)
      : services_(services), folders_(folders), logs_(logs) {}

  /// Reads what the store has, in place of what was known before.
  Task<> load();

  [[nodiscard]] DeployedPtr find(std::string_view domain_name) const override;
  void subscribe(Listener listener) override { listeners_.push_back(std::move(listener)); }
  Task<> keep(std::vector<LogLine> lines) override { return logs_.keep(std::move(lines)); }

  /// A domain that is in use, or kept for a service, and whose it is.
  void reserve(const std::string& domain, const std::string& account_sid) { reserved_[domain] = account_sid; }
  void release(const std::string& domain) { reserved_.erase(domain); }
  [[nodiscard]] std::vector<std::string> domains_of(std::string_view account_sid) const;
  /// The account is gone, and all it had.
  void forget(std::string_view account_sid);

  /// Takes over what the store now says of an environment: its deployment, its variables, or that it is gone.
  Task<> refresh(EnvironmentKey key);
  /// The same for all environments of a service.
  Task<> refresh_service(std::string account_sid, std::string service_sid);
  /// Somebody still works with a build that lies in that folder.
  [[nodiscard]] bool in_use(const std::filesystem::path& folder) const;
  /// Is that the domain of an environment, whether or not something is deployed there?
  [[nodiscard]] bool has(std::string_view domain_name) const;

 private:
  /// Of those who refresh an environment at once, the one that began last has the last word.
  struct Turn {
    std::uint64_t asked = 0;
    std::uint64_t applied = 0;
    int running = 0;
  };
  struct State {
    std::string account_sid;
    std::string service_sid;
    std::string domain;    ///< without ".twil.io"; empty: there is no such environment
    DeployedPtr deployed;  ///< null: nothing is
  };

  Task<State> read(EnvironmentKey key);
  Task<std::shared_ptr<const Bundle>> bundle(const EnvironmentKey& key, std::string build_sid);
  void apply(const std::string& environment_sid, State now);

  rest::Services& services_;
  const Folders& folders_;
  Logs& logs_;
  std::vector<Listener> listeners_;
  std::unordered_map<std::string, State> environments_;                              ///< by SID
  std::unordered_map<std::string, DeployedPtr, TextHash, std::equal_to<>> domains_;  ///< without ".twil.io"
  std::unordered_map<std::string, std::string> reserved_;                            ///< accounts by domain
  std::unordered_map<std::string, Turn> turns_;
  std::unordered_map<std::string, std::weak_ptr<const Bundle>> bundles_;  ///< one for all environments that have it
};

/// The routes of a build, as its record keeps them.
json::array to_json(const std::map<std::string, Route, std::less<>>& routes);

}  // namespace dialtone::functions
