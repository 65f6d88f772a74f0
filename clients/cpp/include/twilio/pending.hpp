#pragma once
// A call under way, as the `…_async` forms return it. The request is on its way already; take the result in one of
// three ways:
//
//     auto message = co_await client.api().messages().create_async({.to = to, .body = body});   // in any coroutine
//     auto message = client.api().messages().create_async({…}).get();                           // wait for it
//     pending.on_done([](auto done) { auto message = done.get(); });                            // be called
//
// Coroutines and callbacks go on in the client's thread; waiting there would wait for itself and throws
// std::logic_error. A result is taken once.

#include <atomic>
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

namespace twilio {

namespace detail {

struct Answer;

/// What a call and the one who waits for it share.
class CallState {
 public:
  CallState() = default;
  CallState(const CallState&) = delete;
  CallState& operator=(const CallState&) = delete;
  virtual ~CallState() = default;

  bool done() const { return stage_.load(std::memory_order_acquire) == kDone; }
  void wait() const;
  /// False when the result is there already: `next` is not kept.
  bool when_done(std::function<void()> next);
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

  void finish(Answer&& answer);
  void fail(std::exception_ptr error);

 protected:
  virtual void decode(Answer&& answer) = 0;

 private:
  enum Stage : int { kOpen, kAwaited, kDone };
  void settle();

  mutable std::atomic<int> stage_{kOpen};
  std::function<void()> next_;
  std::exception_ptr error_;
};

template <class T>
class TypedState : public CallState {
 public:
  T value{};
};
template <>
class TypedState<void> : public CallState {};

}  // namespace detail

template <class T>
class [[nodiscard]] Pending {
 public:
  explicit Pending(std::shared_ptr<detail::TypedState<T>> state) : state_(std::move(state)) {}

  bool done() const { return state_->done(); }

  T get() {
    state_->wait();
    return await_resume();
  }

  template <class F>
  void on_done(F f) {
    auto call = [state = state_, f = std::move(f)]() mutable { f(Pending(state)); };
    if (!state_->when_done(call)) call();
  }

  bool await_ready() const { return state_->done(); }
  bool await_suspend(std::coroutine_handle<> handle) {
    return state_->when_done([handle] { handle.resume(); });
  }
  T await_resume() {
    state_->rethrow();
    if constexpr (!std::is_void_v<T>) return std::move(state_->value);
  }

 private:
  std::shared_ptr<detail::TypedState<T>> state_;
};

}  // namespace twilio
