#pragma once
// Makes builds: an outbox row `function.build` for each, so that one that was cut off is begun again. The folder is
// made under another name and gets its own when it is whole.

#include "functions/disk.hpp"
#include "functions/folders.hpp"
#include "functions/npm.hpp"
#include "functions/records.hpp"
#include "monitor/alerts.hpp"

namespace dialtone::functions {

inline constexpr std::string_view kBuildRow = "function.build";

class Builder {
 public:
  Builder(rest::Services& services, monitor::Alerts& alerts, const Folders& folders, Disk& disk)
      : services_(services), alerts_(alerts), folders_(folders), disk_(disk), npm_(services.executor, folders, disk) {}

  /// Before the ledger starts.
  void start();
  /// Adds what has the build made, to the transaction that makes its record.
  void order(store::Transaction& transaction, std::string_view account_sid, std::string_view service_sid,
             std::string_view build_sid) const;

 private:
  Task<Result<>> handle(store::OutboxRow row);
  Task<Result<>> make(const Stored& build, std::string account_sid, std::string service_sid, std::string build_sid);

  rest::Services& services_;
  monitor::Alerts& alerts_;
  const Folders& folders_;
  Disk& disk_;
  Npm npm_;
};

}  // namespace dialtone::functions
