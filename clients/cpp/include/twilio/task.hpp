#pragma once
// A coroutine type for programs that have none of their own.
//
//     twilio::Task<int> greet(twilio::Client& client, std::string to) {
//       auto message = co_await client.api().messages().create_async({.to = to, .body = "Hello"});
//       co_return message.body.size();
//     }
//     int size = greet(client, "+15558675310").get();      // or co_await greet(…) from another task

#include <atomic>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "twilio/pending.hpp"

namespace twilio {

template <class T = void>
class Task;

namespace detail {

struct TaskPromiseBase {
  std::coroutine_handle<> next = std::noop_coroutine();
  std::exception_ptr error;
  std::shared_ptr<std::atomic<bool>> done;

  struct Final {
    bool await_ready() noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> handle) noexcept {
      auto next = handle.promise().next;
      if (auto done = handle.promise().done) {  // a share: who waits may destroy the task as soon as this is set
        done->store(true, std::memory_order_release);
        done->notify_all();
      }
      return next;
    }
    void await_resume() noexcept {}
  };

  std::suspend_always initial_suspend() noexcept { return {}; }
  Final final_suspend() noexcept { return {}; }
  void unhandled_exception() { error = std::current_exception(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& given) {
    value.emplace(std::forward<U>(given));
  }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object();
  void return_void() {}
};

}  // namespace detail

/// Starts when it is awaited, started or asked for its result.
template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;

  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Task(Task&& other) noexcept
      : handle_(std::exchange(other.handle_, {})), started_(other.started_), done_(std::move(other.done_)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  /// Runs up to the first wait; the rest goes on in the client's thread. Wait for it with get() before it is destroyed.
  void start() {
    if (started_) return;
    started_ = true;
    done_ = std::make_shared<std::atomic<bool>>(false);
    handle_.promise().done = done_;
    handle_.resume();
  }

  T get() {
    start();
    done_->wait(false, std::memory_order_acquire);
    return await_resume();
  }

  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> next) {
    handle_.promise().next = next;
    return handle_;
  }
  T await_resume() {
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
    if constexpr (!std::is_void_v<T>) return std::move(*handle_.promise().value);
  }

 private:
  std::coroutine_handle<promise_type> handle_;
  bool started_ = false;
  std::shared_ptr<std::atomic<bool>> done_;
};

namespace detail {
template <class T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
}  // namespace detail

}  // namespace twilio
