#include "base/processor.hpp"

#include <sys/resource.h>

namespace dialtone {

void leave_processor(int number) {
  cpu_set_t all;
  CPU_ZERO(&all);
  if (number < 0 || ::sched_getaffinity(0, sizeof(all), &all) != 0) return;
  cpu_set_t rest = all;
  CPU_CLR(static_cast<std::size_t>(number), &rest);
  if (CPU_COUNT(&rest) == 0 || ::sched_setaffinity(0, sizeof(rest), &rest) != 0) return;
  ::sched_setaffinity(0, sizeof(all), &all);
}

void Processor::here() {
  const int now = ::sched_getcpu();
  number_.store(now, std::memory_order_relaxed);
  if (++calls_ % kLookEvery != 0) return;
  rusage usage{};
  if (::getrusage(RUSAGE_THREAD, &usage) != 0) return;
  const long since = usage.ru_nivcsw - interruptions_;
  interruptions_ = usage.ru_nivcsw;
  if (since > kInterruptionsMax) leave_processor(now);
}

}  // namespace dialtone
