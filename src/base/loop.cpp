#include "base/loop.hpp"

#include <chrono>

#include <sched.h>

namespace dialtone {
namespace {

constexpr auto kLookOutLimit = std::chrono::microseconds(200);

/// True when something came and was done.
bool look_out(boost::asio::io_context& io, const std::function<bool()>& soon) {
  const auto until = std::chrono::steady_clock::now() + kLookOutLimit;
  while (soon() && std::chrono::steady_clock::now() < until) {
    ::sched_yield();
    if (io.poll() > 0) return true;
  }
  return false;
}

}  // namespace

void run_loop(boost::asio::io_context& io, const std::function<bool()>& soon) {
  while (!io.stopped()) {
    if (io.poll() == 0 && !io.stopped() && !look_out(io, soon)) io.run_one();
  }
}

}  // namespace dialtone
