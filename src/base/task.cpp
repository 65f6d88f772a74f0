#include "base/task.hpp"

#include <exception>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>

#include "base/log.hpp"

namespace dialtone {

void spawn(Executor executor, std::string name, Task<> task) {
  asio::co_spawn(executor, std::move(task), [name = std::move(name)](const std::exception_ptr& error) {
    if (!error) return;
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      log::error("task.failed", {{"task", name}, {"error", e.what()}});
    }
  });
}

Task<bool> Event::wait(std::chrono::milliseconds limit) {
  if (set_) co_return true;
  // The shared timer sleeps for ever and is cancelled by set(); each waiter has a limit of its own.
  const auto deadline = std::chrono::steady_clock::now() + limit;
  Timer limit_timer(timer_->get_executor(), limit);
  limit_timer.async_wait([shared = std::weak_ptr(timer_)](const boost::system::error_code& error) {
    if (error) return;
    if (const auto timer = shared.lock()) timer->cancel();
  });
  const auto timer = timer_;
  while (!set_ && std::chrono::steady_clock::now() < deadline) {
    co_await timer->async_wait(asio::as_tuple(use_task));
  }
  co_return set_;
}

}  // namespace dialtone
