#pragma once
// The whole state, kept under a name and brought back: every record, what was to happen (the outbox) and how the clock
// stood. The state after the first start is such a snapshot, which reset() brings back. The journal is not undone: that
// there was a reset is one more entry, so positions go on growing.
//
// Meanwhile requests of applications wait and nothing of the outbox is begun. What is at work then cannot commit any
// more, for its rows were ended (Ledger::commit_and_revoke).

#include <functional>
#include <string>
#include <vector>

#include "lab/auto_clock.hpp"
#include "rest/context.hpp"

namespace dialtone::lab {

inline constexpr std::string_view kSnapshotsScope = "lab/Snapshots";
inline constexpr std::size_t kSnapshotsMax = 50;
inline constexpr std::size_t kSnapshotBytesMax = 64 << 20;

class Snapshots {
 public:
  struct Hooks {
    std::function<void()> hold;            ///< requests of applications wait from now on
    std::function<void()> release;         ///< and go on
    std::function<std::size_t()> working;  ///< how many are being answered still
    std::function<Task<>()> reload;        ///< the modules read the store anew
  };

  Snapshots(rest::Services& services, AutoClock& jumper, Hooks hooks)
      : services_(services), jumper_(jumper), hooks_(std::move(hooks)) {}

  /// Commits the last step of the first start, and with it keeps the state it leads to.
  Task<Result<>> take_first(store::Transaction last);
  /// Keeps the state under a name, in place of what had that name. Errors: 20001, 20409, 20413.
  Task<Result<json::object>> take(std::string name);
  /// Errors: 20404.
  Task<Result<>> restore(std::string name);
  Task<Result<>> reset();
  Task<std::vector<json::object>> list();
  Task<Result<>> remove(std::string name);

 private:
  class Quiet;
  Task<Result<store::Transaction>> read_all();
  Task<Result<json::object>> keep(std::string name, std::string_view kind, store::Transaction transaction = {});
  Task<Result<>> bring_back(std::string name, std::string_view kind);
  Task<> wait_for_requests();

  rest::Services& services_;
  AutoClock& jumper_;
  Hooks hooks_;
  bool busy_ = false;
};

}  // namespace dialtone::lab
