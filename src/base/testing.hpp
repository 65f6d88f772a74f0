#pragma once
// For tests: runs one coroutine to its end on an io_context that nobody else runs.

#include <exception>
#include <optional>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>

#include "base/task.hpp"

namespace dialtone::testing {

/// Runs `io` until `task` is done and returns its result; throws what it threw.
template <typename T>
T run(asio::io_context& io, Task<T> task) {
  std::exception_ptr failure;
  std::optional<T> result;
  bool done = false;
  asio::co_spawn(io.get_executor(), std::move(task), [&](std::exception_ptr error, T value) {
    failure = error;
    result.emplace(std::move(value));
    done = true;
  });
  io.restart();
  while (!done && io.run_one() > 0) {
  }
  if (failure) std::rethrow_exception(failure);
  if (!done) throw std::logic_error("the task waits for something that nobody does");
  return std::move(*result);
}

inline void run(asio::io_context& io, Task<> task) {
  const auto with_value = [](Task<> inner) -> Task<bool> {
    co_await std::move(inner);
    co_return true;
  };
  run(io, with_value(std::move(task)));
}

}  // namespace dialtone::testing
