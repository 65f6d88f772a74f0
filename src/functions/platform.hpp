#pragma once
// Functions and assets as a product: what is kept of them, what is live, and what makes builds.

#include <filesystem>
#include <functional>
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

  /// Reads what the store has, before requests are served; again when the store was brought to another state. Files
  /// that no record names are removed.
  Task<> load();
  /// While `kept` says so, no file is removed: a former state that can be brought back may name it.
  void keep_files(std::function<Task<bool>()> kept) { kept_ = std::move(kept); }

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
  Task<> sweep(std::vector<StoredFile> files);
  Task<bool> files_are_kept();

  rest::Services& services_;
  monitor::Alerts& alerts_;
  Folders folders_;
  Disk disk_;
  Builder builder_;
  Logs logs_;
  Live live_;
  std::function<Task<bool>()> kept_;
};

}  // namespace dialtone::functions
