#pragma once
// Functions and assets as a product: what is kept of them, what is live, and the REST resources over it.

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

  /// Reads what the store has. Before the ledger starts.
  Task<> load() { return live_.load(); }

  Deployments& deployments() { return live_; }
  Live& live() { return live_; }
  [[nodiscard]] const Live& live() const { return live_; }
  rest::Services& services() { return services_; }
  const Folders& folders() const { return folders_; }
  Disk& disk() { return disk_; }

 private:
  rest::Services& services_;
  Folders folders_;
  Disk disk_;
  Logs logs_;
  Live live_;
};

}  // namespace dialtone::functions
