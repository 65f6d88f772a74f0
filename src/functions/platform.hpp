#pragma once
// Functions and assets as a product: what is kept of them, what is live, and what makes builds.

#include <filesystem>
#include <vector>

#include "functions/builder.hpp"
#include "functions/disk.hpp"
#include "functions/folders.hpp"
#include "functions/live.hpp"
#include "functions/logs.hpp"
#include "monitor/alerts.hpp"
#include "rest/engine.hpp"

namespace dialtone::functions {

class Platform {
 public:
  Platform(rest::Services& services, monitor::Alerts& alerts, Folders folders);

  /// Registers what acts on the outbox, and reads what the store has. Before the ledger starts.
  Task<> load();

  Deployments& deployments() { return live_; }
  Live& live() { return live_; }
  [[nodiscard]] const Live& live() const { return live_; }
  rest::Services& services() { return services_; }
  monitor::Alerts& alerts() { return alerts_; }
  [[nodiscard]] const Folders& folders() const { return folders_; }
  Disk& disk() { return disk_; }
  Builder& builder() { return builder_; }

  /// Takes an account's functions out of the program, in the transaction that erases its records.
  void erase(store::Transaction& transaction, const std::string& account_sid);
  /// Removes files once the transaction is committed, and no build among them is in use any more. `subject` is whose
  /// they are.
  void remove_later(store::Transaction& transaction, std::string_view subject,
                    const std::vector<std::filesystem::path>& paths);

 private:
  Task<Result<>> remove(store::OutboxRow row);

  rest::Services& services_;
  monitor::Alerts& alerts_;
  Folders folders_;
  Disk disk_;
  Builder builder_;
  Logs logs_;
  Live live_;
};

}  // namespace dialtone::functions
