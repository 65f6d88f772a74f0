#pragma once
// Keeps helpers off the processor of a thread that others wait for. Left alone, a virtual machine's scheduler often
// lets them share one while the other sleeps: it takes a processor that was halted for one that is busy elsewhere.

#include <atomic>

#include <sched.h>

namespace dialtone {

/// Moves the calling thread off the processor `number`. It stays free to go where the system wants it.
void leave_processor(int number);

/// Where a thread runs that has right of way.
class Processor {
 public:
  /// Called by that thread, often: it costs a few nanoseconds, and now and then a system call. A thread that is
  /// interrupted all the time by those whom it wakes moves on.
  void here();
  [[nodiscard]] int number() const { return number_.load(std::memory_order_relaxed); }

 private:
  static constexpr unsigned kLookEvery = 64;
  static constexpr long kInterruptionsMax = 128;  ///< between two looks

  std::atomic<int> number_ = -1;
  unsigned calls_ = 0;
  long interruptions_ = 0;
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
      leave_processor(other_.number());
    }
  }

 private:
  static constexpr int kMeetingsMax = 4;

  const Processor& other_;
  int meetings_ = 0;
};

}  // namespace dialtone
