#pragma once
// Keeps helpers off the processor of a thread that others wait for. Left alone, a virtual machine's scheduler often
// lets them share one while the other sleeps: it takes a processor that was halted for one that is busy elsewhere.

#include <atomic>

#include <sched.h>

namespace dialtone {

/// Where a thread runs that has right of way.
class Processor {
 public:
  /// Called by that thread, often: it costs a few nanoseconds.
  void here() { number_.store(::sched_getcpu(), std::memory_order_relaxed); }
  [[nodiscard]] int number() const { return number_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int> number_ = -1;
};

/// A thread that gives way. Lives on it.
class SideStep {
 public:
  explicit SideStep(const Processor& other) : other_(other) {}

  /// Called now and then while there is work. Met often enough in a row, the thread is moved to another processor; it
  /// stays free to go where the system wants it.
  void look() {
    if (::sched_getcpu() != other_.number()) {
      meetings_ = 0;
    } else if (++meetings_ >= kMeetingsMax) {
      meetings_ = 0;
      move();
    }
  }

 private:
  static constexpr int kMeetingsMax = 4;

  void move() const {
    cpu_set_t all;
    CPU_ZERO(&all);
    if (::sched_getaffinity(0, sizeof(all), &all) != 0) return;
    cpu_set_t rest = all;
    CPU_CLR(static_cast<std::size_t>(other_.number()), &rest);
    if (CPU_COUNT(&rest) == 0 || ::sched_setaffinity(0, sizeof(rest), &rest) != 0) return;
    ::sched_setaffinity(0, sizeof(all), &all);
  }

  const Processor& other_;
  int meetings_ = 0;
};

}  // namespace dialtone
