#include "store/sqlite_checkpointer.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

namespace dialtone::store {
namespace {

constexpr int kLowestPriority = 19;

}  // namespace

Checkpointer::Checkpointer(const std::string& path) : database_(path, Database::Role::kPlace) {
  thread_ = std::thread([this] { run(); });
  ::pthread_setname_np(thread_.native_handle(), "store-tidier");
}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Checkpointer::wake() {
  {
    const std::lock_guard lock(mutex_);
    due_ = true;
  }
  wake_.notify_one();
}

void Checkpointer::run() {
  ::setpriority(PRIO_PROCESS, 0, kLowestPriority);  // of this thread alone; it only ever gets slower by a failure
  before_each_write([] { ::sched_yield(); });
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return due_ || stop_; });
    if (stop_) return;
    due_ = false;
    lock.unlock();
    database_.checkpoint();
    database_.release_memory();
    lock.lock();
  }
}

}  // namespace dialtone::store
