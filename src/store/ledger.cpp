#include "store/ledger.hpp"

#include <utility>

#include "base/log.hpp"

namespace dialtone::store {

Task<Result<Committed>> Ledger::commit(Transaction transaction) {
  if (!revoked_ids_.empty() &&
      std::ranges::any_of(transaction.done, [&](std::uint64_t id) { return revoked_ids_.contains(id); })) {
    return [](Error error) -> Task<Result<Committed>> { co_return fail(std::move(error)); }(kConflict);
  }
  return write(std::move(transaction));
}

Task<Result<Committed>> Ledger::write(Transaction transaction) {
  auto committed = co_await store_.commit(std::move(transaction));
  if (!committed) co_return committed;
  ++commits_;
  if (!listeners_.empty()) {
    committed->for_each_entry([this](const EntryView& entry) { tell(entry); });
  }
  if (!committed->rows.empty()) accept(committed->rows);
  co_return committed;
}

void Ledger::tell(const EntryView& entry) {
  struct Telling {
    Ledger& ledger;
    explicit Telling(Ledger& l) : ledger(l) { ++ledger.telling_; }
    ~Telling() {
      --ledger.telling_;
      ledger.sweep_listeners();
    }
  } telling(*this);
  // A listener may subscribe others and unsubscribe itself or others while it is called.
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    if (const Subscription& each = *listeners_[i]; !each.gone) each.listener(entry);
  }
}

void Ledger::sweep_listeners() {
  if (telling_ > 0 || !std::exchange(unsubscribed_, false)) return;
  std::erase_if(listeners_, [](const auto& each) { return each->gone; });
}

Task<Result<Committed>> Ledger::commit_and_revoke(Transaction transaction, std::string text) {
  const auto mentions = [&](const OutboxRow& row) { return row.data.find(text) != std::string::npos; };
  // Rows that are not in memory yet: all after loaded_to_, for those before are in memory or done.
  for (std::uint64_t after = loaded_to_; behind_;) {
    const auto rows = co_await store_.outbox(after, kLoadedMax / 4);
    if (rows.empty()) break;
    after = rows.back().id;
    for (const OutboxRow& row : rows) {
      if (mentions(row)) transaction.outbox_done(row.id);
    }
  }
  std::vector<OutboxRow> taken;
  std::vector<std::uint64_t> at_work;
  for (auto at = subjects_.begin(); at != subjects_.end();) {
    auto& [subject, queue] = *at;
    bool first_changed = false;
    for (auto row = queue.rows.begin(); row != queue.rows.end();) {
      const bool front = row == queue.rows.begin();
      if (!mentions(*row)) {
        ++row;
        continue;
      }
      transaction.outbox_done(row->id);
      if (front && queue.at_work) {
        revoked_ids_.insert(row->id);
        at_work.push_back(row->id);
        ++row;
        continue;
      }
      first_changed |= front;
      taken.push_back(std::move(*row));
      row = queue.rows.erase(row);
      --loaded_;
    }
    if (!first_changed) {
      ++at;
      continue;
    }
    clock_.cancel(queue.timer);
    queue.timer = 0;
    if (queue.rows.empty()) {
      at = subjects_.erase(at);
    } else {
      plan(subject, queue);
      ++at;
    }
  }
  auto committed = co_await write(std::move(transaction));
  if (!committed) {
    for (OutboxRow& row : taken) enqueue(std::move(row));
    for (const auto id : at_work) revoked_ids_.erase(id);
  }
  pump();
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
  listeners_.push_back(std::make_unique<Subscription>(++last_listener_, std::move(listener), false));
  return last_listener_;
}

void Ledger::unsubscribe(std::uint64_t id) {
  for (const auto& each : listeners_) {
    if (each->id == id) each->gone = unsubscribed_ = true;
  }
  sweep_listeners();
}

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
  const std::string subject = row.subject;
  Subject& queue = subjects_[subject];
  queue.rows.push_back(std::move(row));
  if (queue.rows.size() == 1) plan(subject, queue);  // else the one before it will start it
}

void Ledger::plan(const std::string& subject, Subject& queue) {
  const TimePoint due = queue.rows.front().due;
  if (due <= clock_.now()) {
    ready_.push_back(subject);
    return;
  }
  queue.timer = clock_.at(due, [this, subject] {
    if (const auto found = subjects_.find(subject); found != subjects_.end()) found->second.timer = 0;
    ready_.push_back(subject);
    pump();
  });
}

void Ledger::pump() {
  if (!started_ || holds_ > 0) return;
  while (!ready_.empty() && running_ < kRunningMax) {
    std::string subject = std::move(ready_.front());
    ready_.pop_front();
    ++running_;
    spawn(executor_, "outbox", handle(std::move(subject)));
  }
}

Task<> Ledger::handle(std::string subject) {
  // Its rows may have been ended meanwhile, and others may have come that are due later.
  const auto waiting = subjects_.find(subject);
  if (waiting == subjects_.end() || waiting->second.at_work || waiting->second.rows.front().due > clock_.now()) {
    --running_;
    if (waiting != subjects_.end() && !waiting->second.at_work && waiting->second.timer == 0)
      plan(subject, waiting->second);
    pump();
    co_return;
  }
  waiting->second.at_work = true;
  const OutboxRow row = waiting->second.rows.front();
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
      done = result.has_value() || (!revoked_ids_.empty() && revoked_ids_.contains(row.id));
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
  found->second.at_work = false;
  if (!revoked_ids_.empty() && revoked_ids_.erase(row.id) > 0) done = true;
  if (done) {
    found->second.rows.pop_front();
    --loaded_;
  }
  if (found->second.rows.empty()) {
    subjects_.erase(found);
  } else {
    plan(subject, found->second);
  }
  if (behind_ && loaded_ < kLoadedMax / 2) spawn(executor_, "outbox.load", load());
  pump();
}

}  // namespace dialtone::store
