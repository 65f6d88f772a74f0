#include "store/reader_pool.hpp"

#include <pthread.h>

namespace dialtone::store {

ReaderPool::ReaderPool(const std::string& path, unsigned threads) {
  for (unsigned i = 0; i < std::max(threads, 1U); ++i) reads_.push_back(std::make_unique<Reads>(path));
  for (const auto& reads : reads_) {
    threads_.emplace_back([this, connection = reads.get()] { run(*connection); });
    ::pthread_setname_np(threads_.back().native_handle(), "store-reader");
  }
}

ReaderPool::~ReaderPool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void ReaderPool::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void ReaderPool::run(Reads& reads) {
  const auto due = [&] { return stop_ || !jobs_.empty(); };
  bool untidy = false;
  std::unique_lock lock(mutex_);
  for (;;) {
    if (untidy && !wake_.wait_for(lock, kTidyAfter, due)) {
      lock.unlock();
      reads.release_memory();
      lock.lock();
    }
    wake_.wait(lock, due);
    if (stop_) return;
    untidy = true;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job(reads);
    job = nullptr;
    lock.lock();
  }
}

}  // namespace dialtone::store
