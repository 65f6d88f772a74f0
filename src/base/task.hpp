#pragma once
// Coroutines. All product code runs on one io_context thread, so its objects need no locks: the store's, the resolver's
// and the webhook client's threads come back to it with asio::post. `Task<T>` names the executor type, which spares
// Asio the type-erased executor on every await.

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dialtone {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;

template <typename T = void>
using Task = asio::awaitable<T, Executor>;

inline constexpr asio::use_awaitable_t<Executor> use_task{};

using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// Starts `task` on `executor` and forgets it; an exception that escapes is logged under `name`.
void spawn(Executor executor, std::string name, Task<> task);

/// One-shot signal between coroutines of the same executor: any number wait, one sets, all wake. Once set it stays set.
class Event {
 public:
  explicit Event(Executor executor)
      : timer_(std::make_shared<Timer>(executor, std::chrono::steady_clock::time_point::max())) {}
  void set() {
    set_ = true;
    timer_->cancel();
  }
  [[nodiscard]] bool is_set() const { return set_; }
  /// Waits until set, at most for `limit` of real time. True when set.
  Task<bool> wait(std::chrono::milliseconds limit);

 private:
  std::shared_ptr<Timer> timer_;  ///< shared with limits that fire while the event goes
  bool set_ = false;
};

}  // namespace dialtone
