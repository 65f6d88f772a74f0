#include "store/ledger.hpp"

#include "base/log.hpp"

namespace dialtone::store {

Task<Result<Committed>> Ledger::commit(Transaction transaction) {
  auto committed = co_await store_.commit(std::move(transaction));
  if (!committed) co_return committed;
  if (!listeners_.empty()) {
    // A listener may unsubscribe itself or others while it is called.
    for (const JournalEntry& entry : committed->entries) {
      for (auto at = listeners_.begin(); at != listeners_.end();) {
        const auto id = at->first;
        const Listener listener = at->second;
        listener(entry);
        at = listeners_.upper_bound(id);
      }
    }
  }
  if (!committed->rows.empty()) accept(committed->rows);
  co_return committed;
}

Task<Result<>> Ledger::finish(Transaction transaction) {
  auto committed = co_await commit(std::move(transaction));
  if (!committed) co_return fail(std::move(committed).error());
  co_return Result<>{};
}

void Ledger::on(std::string kind, Handler handler) { handlers_.emplace(std::move(kind), std::move(handler)); }

Task<> Ledger::start() {
  started_ = true;
  behind_ = true;
  co_await load();
}

std::uint64_t Ledger::subscribe(Listener listener) {
  listeners_.emplace(++last_listener_, std::move(listener));
  return last_listener_;
}

void Ledger::unsubscribe(std::uint64_t id) { listeners_.erase(id); }

void Ledger::accept(const std::vector<OutboxRow>& rows) {
  for (const OutboxRow& row : rows) {
    committed_to_ = std::max(committed_to_, row.id);
    if (behind_ || loaded_ >= kLoadedMax) {
      behind_ = true;
      continue;
    }
    loaded_to_ = std::max(loaded_to_, row.id);
    enqueue(row);
  }
  pump();
}

Task<> Ledger::load() {
  if (loading_) co_return;
  loading_ = true;
  while (behind_ && loaded_ < kLoadedMax) {
    const std::uint64_t seen = committed_to_;
    auto rows = co_await store_.outbox(loaded_to_, kLoadedMax / 4);
    if (rows.empty()) {
      // All that was committed when the store was asked is loaded or done; what came while it read is asked for next.
      loaded_to_ = std::max(loaded_to_, seen);
      behind_ = committed_to_ > seen;
      continue;
    }
    for (OutboxRow& row : rows) {
      loaded_to_ = std::max(loaded_to_, row.id);
      enqueue(std::move(row));
    }
    pump();
  }
  loading_ = false;
}

void Ledger::enqueue(OutboxRow row) {
  ++loaded_;
  auto& queue = subjects_[row.subject];
  const bool first = queue.empty();
  queue.push_back(std::move(row));
  if (!first) return;  // the one before it will start it
  const OutboxRow& front = queue.front();
  if (front.due <= clock_.now()) {
    ready_.push_back(front.subject);
  } else {
    clock_.at(front.due, [this, subject = front.subject] {
      ready_.push_back(subject);
      pump();
    });
  }
}

void Ledger::pump() {
  if (!started_) return;
  while (!ready_.empty() && running_ < kRunningMax) {
    std::string subject = std::move(ready_.front());
    ready_.pop_front();
    ++running_;
    spawn(executor_, "outbox", handle(std::move(subject)));
  }
}

Task<> Ledger::handle(std::string subject) {
  const OutboxRow row = subjects_[subject].front();
  const auto handler = handlers_.find(row.kind);
  bool done = false;
  if (handler == handlers_.end()) {
    log::error("outbox.unknown_kind", {{"kind", row.kind}, {"subject", subject}});
    Transaction drop;
    drop.outbox_done(row.id);
    done = (co_await commit(std::move(drop))).has_value();
  } else {
    try {
      const auto result = co_await handler->second(row);
      done = result.has_value();
      if (!done)
        log::warn("outbox.retry", {{"kind", row.kind}, {"subject", subject}, {"error", result.error().message}});
    } catch (const std::exception& error) {
      log::error("outbox.failed", {{"kind", row.kind}, {"subject", subject}, {"error", error.what()}});
    }
  }
  if (!done) {
    // Real time, not the clock's: the store's trouble does not wait for the lab.
    Timer timer(executor_, kRetryDelay);
    co_await timer.async_wait(use_task);
  }
  --running_;
  auto found = subjects_.find(subject);
  if (done) {
    found->second.pop_front();
    --loaded_;
  }
  if (found->second.empty()) {
    subjects_.erase(found);
  } else if (const TimePoint due = found->second.front().due; due <= clock_.now()) {
    ready_.push_back(std::move(subject));
  } else {
    clock_.at(due, [this, subject] {
      ready_.push_back(subject);
      pump();
    });
  }
  if (behind_ && loaded_ < kLoadedMax / 2) spawn(executor_, "outbox.load", load());
  pump();
}

}  // namespace dialtone::store
