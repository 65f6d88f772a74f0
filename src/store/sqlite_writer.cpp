#include "store/sqlite_writer.hpp"

#include <cstring>
#include <deque>

#include <pthread.h>

#include "base/log.hpp"
#include "store/codec.hpp"

namespace dialtone::store {

Writer::Writer(const std::string& folder, const std::string& database, Events events)
    : events_(std::move(events)),
      log_(folder),
      placer_(database, io_,
              {.placed =
                   [this](std::uint64_t sequence) {
                     events_.placed(sequence);
                     poke();
                     if (under_load_.exchange(false)) log_.prepare();
                   },
               .failed =
                   [this](const std::string& why) {
                     events_.place_failed(why);
                     poke();
                   }}),
      reads_(database) {
  {
    Database state(database, Database::Role::kRead);
    recover(state);
  }
  placer_.start();
  thread_ = std::thread([this] { run(); });
  ::pthread_setname_np(thread_.native_handle(), "store-writer");
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
  placer_.stop();
  if (!all_placed_) return;
  try {
    placer_.sync();
    log_.clear();
  } catch (const std::exception& error) {
    log::error("store.stopped_early", {{"error", error.what()}, {"effect", "the log stays for the next start"}});
  }
}

void Writer::recover(Database& state) {
  counters_ = {.sequence = static_cast<std::uint64_t>(state.number("SELECT placed_sequence FROM state")),
               .position = static_cast<std::uint64_t>(state.number("SELECT last_position FROM state")),
               .outbox_id = static_cast<std::uint64_t>(state.number("SELECT last_outbox_id FROM state"))};
  Generation generation;
  const auto place = [&] {
    if (generation.empty()) return;
    placer_.place(generation);
    generation = Generation();
  };
  std::uint64_t batches = 0;
  log_.replay(counters_.sequence, [&](std::uint64_t sequence, std::string_view payload) {
    Decoder in(payload);
    JournalBlock block;
    block.first = in.number();
    block.last = in.number();
    const auto changes = in.text();
    block.bytes = std::make_shared<const std::string>(in.rest());
    generation.add(changes);
    for (ChangeReader each(changes); each.next();) {
      if (each.kind == ChangeReader::Kind::kRow) counters_.outbox_id = std::max(counters_.outbox_id, each.row_id);
    }
    if (block.last >= block.first) counters_.position = block.last;
    generation.add_journal(std::move(block));
    counters_.sequence = generation.last_sequence = sequence;
    generation.last_position = counters_.position;
    generation.last_outbox_id = counters_.outbox_id;
    ++batches;
    if (generation.bytes > kGenerationBytesMax) place();
  });
  place();
  placer_.sync();
  log_.clear();
  if (batches > 0) log::info("store.recovered", {{"batches", batches}});
  first_sequence_ = counters_.sequence + 1;
  opening_position_ = counters_.position;
}

void Writer::submit(std::vector<CommitRequest>& requests) {
  io_.here();
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = queue_.empty();
    if (first) {
      queue_.swap(requests);
    } else {
      std::ranges::move(requests, std::back_inserter(queue_));
    }
  }
  requests.clear();
  if (first) wake_.notify_one();
}

void Writer::place_through(std::uint64_t sequence) {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = std::max(wanted_, sequence);
    poked_ = true;
  }
  placer_.hurry(sequence);
  wake_.notify_one();
}

void Writer::poke() {
  {
    const std::lock_guard lock(mutex_);
    poked_ = true;
  }
  wake_.notify_one();
}

void Writer::run() {
  SideStep aside(io_);
  std::vector<CommitRequest> requests;
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto due = [&] { return !queue_.empty() || poked_ || stop_; };
    bool idle = false;
    if (active_->empty()) {
      wake_.wait(lock, due);
    } else {
      idle = !wake_.wait_for(lock, kIdle, due);
    }
    poked_ = false;
    const bool stop = stop_;
    const auto wanted = wanted_;
    requests.swap(queue_);
    lock.unlock();

    if (requests.size() > 1) aside.look();
    if (!requests.empty()) commit(requests);
    requests.clear();
    if (frozen_ && placer_.idle()) frozen_.reset();
    log_.release(placer_.durable());
    placer_.set_backlog(active_->bytes);
    if (active_->bytes > kHurryBytes) placer_.hurry(active_->last_sequence);
    freeze_when_due(idle || stop, wanted);

    lock.lock();
    if (!stop || !queue_.empty()) continue;
    if (!frozen_ && active_->empty()) break;
    lock.unlock();
    const bool placed = placer_.retry();
    lock.lock();
    if (!placed) {
      log::error("store.stopped_early", {{"effect", "the rest is placed at the next start"}});
      return;
    }
    poked_ = true;
  }
  all_placed_ = true;
}

void Writer::freeze_when_due(bool idle, std::uint64_t wanted) {
  if (active_->empty() || frozen_) return;
  const auto earlier = active_->first_sequence;
  if (active_->bytes >= kGenerationBytesMax) under_load_ = true;
  if (idle || wanted >= earlier || active_->bytes >= kGenerationBytesMax) freeze();
}

void Writer::freeze() {
  frozen_ = std::exchange(active_, std::make_shared<Generation>());
  placer_.offer(frozen_);
}

/// False when the backlog is full and the placer cannot work it off.
bool Writer::make_room() {
  while (active_->bytes > kBacklogBytesMax) {
    if (frozen_ && !placer_.retry()) return false;
    log_.release(placer_.durable());
    freeze();
  }
  return true;
}

bool Writer::holds(const Transaction::Condition& condition, const ChangeIndex& overlay) {
  const KeyView key{.scope = condition.scope, .id = condition.id};
  auto known = overlay.find(key);
  if (!known) known = active_->find(key);
  if (!known && frozen_) known = frozen_->find(key);
  if (known) return condition.seen ? *known == std::string_view(condition.seen->value) : !*known;
  const RecordPtr placed = reads_.get({.scope = condition.scope, .id = condition.id});
  return condition.seen ? placed && placed->value == condition.seen->value : placed == nullptr;
}

std::optional<Error> Writer::check(const Transaction& transaction, const ChangeIndex& overlay) {
  try {
    for (const Transaction::Condition& condition : transaction.conditions) {
      if (!holds(condition, overlay)) return Error(kConflict);
    }
  } catch (const std::exception& error) {
    outage(error.what());
    return Error(kUnavailable);
  }
  return std::nullopt;
}

void Writer::encode_request(CommitRequest& request, std::string& journal) {
  Transaction& transaction = request.transaction;
  request.first_position = counters_.position + 1;
  counters_.position += transaction.entry_count;
  journal += transaction.entries;
  for (OutboxRow& row : transaction.rows) row.id = ++counters_.outbox_id;
  Encoder changes(changes_);
  encode_changes(changes, transaction);
}

void Writer::commit(std::span<CommitRequest> requests) {
  while (!requests.empty()) {
    const Counters before = counters_;
    Batch batch;
    const bool room = make_room();
    const bool conditions =
        std::ranges::any_of(requests, [](const auto& r) { return !r.transaction.conditions.empty(); });
    ChangeIndex overlay;             // what this batch changed so far, when a condition asks
    std::deque<std::string> pieces;  // where that lies
    changes_.clear();
    auto journal = std::make_shared<std::string>();
    std::size_t count = 0;
    for (; count < requests.size() && changes_.size() + journal->size() < kBatchBytesMax; ++count) {
      CommitRequest& request = requests[count];
      request.error = room ? check(request.transaction, overlay) : Error(kUnavailable);
      if (request.error) continue;
      const auto begin = changes_.size();
      encode_request(request, *journal);
      if (conditions) overlay.add(pieces.emplace_back(changes_.substr(begin)));
    }
    batch.requests.reserve(count);
    for (CommitRequest& request : requests.first(count)) batch.requests.push_back(std::move(request));
    requests = requests.subspan(count);
    if (!changes_.empty() || !journal->empty()) write(batch, before, std::move(journal));
    events_.committed(std::move(batch));
  }
}

void Writer::write(Batch& batch, const Counters& before, std::shared_ptr<const std::string> journal) {
  counters_.sequence = before.sequence + 1;
  batch.journal = {.first = before.position + 1, .last = counters_.position, .bytes = std::move(journal)};
  payload_.clear();
  Encoder out(payload_);
  out.number(batch.journal.first);
  out.number(batch.journal.last);
  out.text(changes_);
  payload_ += *batch.journal.bytes;
  if (const auto written = log_.append(counters_.sequence, payload_); !written) {
    outage(std::strerror(written.error()));
    counters_ = before;
    batch.journal = {};
    for (CommitRequest& request : batch.requests) {
      if (!request.error) request.error = Error(kUnavailable);
    }
    return;
  }
  if (std::exchange(in_outage_, false)) log::info("store.writes_again");
  batch.sequence = counters_.sequence;
  active_->add(changes_);
  active_->add_journal(batch.journal);
  if (active_->empty()) active_->first_sequence = batch.sequence;
  active_->last_sequence = batch.sequence;
  active_->last_position = counters_.position;
  active_->last_outbox_id = counters_.outbox_id;
}

void Writer::outage(const std::string& why) {
  if (!std::exchange(in_outage_, true)) log::error("store.unavailable", {{"error", why}});
}

}  // namespace dialtone::store
