#include "lab/snapshots.hpp"

#include <set>

#include <fmt/format.h>

#include "store/codec.hpp"

namespace dialtone::lab {
namespace {

constexpr std::string_view kFirst = ".first";
constexpr std::size_t kChunkBytes = 256 << 10;
constexpr std::size_t kNameMax = 64;
constexpr int kTriesMax = 20;
constexpr std::chrono::milliseconds kRequestsLimit = std::chrono::seconds(5);
constexpr std::chrono::milliseconds kLook{2};

std::string chunks_of(std::string_view name) { return fmt::format("{}/{}", kSnapshotsScope, name); }

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameMax && name.front() != '.' &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '_' || c == '-'; });
}

}  // namespace

/// While it lives, applications wait and the outbox rests.
class Snapshots::Quiet {
 public:
  explicit Quiet(Snapshots& snapshots) : snapshots_(snapshots) {
    snapshots_.busy_ = true;
    snapshots_.hooks_.hold();
    snapshots_.services_.ledger.hold();
  }
  ~Quiet() {
    snapshots_.services_.ledger.release();
    snapshots_.hooks_.release();
    snapshots_.busy_ = false;
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  Snapshots& snapshots_;
};

Task<> Snapshots::wait_for_requests() {
  Timer timer(services_.executor);
  const auto deadline = std::chrono::steady_clock::now() + kRequestsLimit;
  while (hooks_.working() > 0 && std::chrono::steady_clock::now() < deadline) {
    timer.expires_after(kLook);
    co_await timer.async_wait(use_task);
  }
}

/// Every record but our own, and every row, as a transaction that would make them. What is at work while we read may
/// commit; then we read again.
Task<Result<store::Transaction>> Snapshots::read_all() {
  auto& store = services_.ledger.store();
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const std::uint64_t before = services_.ledger.commits();
    store::Transaction all;
    std::size_t bytes = 0;
    const auto too_large = [&] {
      return fail({errors::kTooLarge,
                   fmt::format("The state is larger than a snapshot may be ({} MB)", kSnapshotBytesMax >> 20)});
    };
    for (const std::string& scope : co_await store.scopes_below("")) {
      if (scope.starts_with("lab/")) continue;
      store::ListQuery query{.scope = scope, .oldest_first = true, .limit = 500};
      while (true) {
        const auto rows = co_await store.list(query);
        for (const auto& row : rows) {
          bytes += row->value.size();
          all.put(scope, row);
        }
        if (bytes > kSnapshotBytesMax) co_return too_large();
        if (rows.size() < query.limit) break;
        query.after = rows.back()->id;
      }
    }
    for (std::uint64_t after = 0;;) {
      auto rows = co_await store.outbox(after, 500);
      if (rows.empty()) break;
      after = rows.back().id;
      for (auto& row : rows) {
        bytes += row.data.size();
        all.outbox(std::move(row));
      }
      if (bytes > kSnapshotBytesMax) co_return too_large();
    }
    if (services_.ledger.commits() == before) co_return all;
  }
  co_return fail({errors::kConflict, "Too much is happening to take a snapshot; try again when it is done"});
}

Task<Result<json::object>> Snapshots::keep(std::string name, std::string_view kind, store::Transaction transaction) {
  co_await wait_for_requests();
  DT_CO_TRY(auto all, co_await read_all());
  all.changes += transaction.changes;
  all.change_count += transaction.change_count;
  std::string bytes;
  store::Encoder encoder(bytes);
  store::encode_changes(encoder, all);
  const TimePoint now = services_.clock.now();
  const Clock::State clock = services_.clock.state();
  json::object head;
  head["name"] = name;
  head["date_created"] = iso8601_precise(now);
  head["records"] = all.change_count;
  head["waiting"] = all.rows.size();
  head["bytes"] = bytes.size();
  const json::object shown = head;
  head["frozen"] = clock.frozen;
  head["held_us"] = clock.held.time_since_epoch().count();
  head["offset_us"] = clock.offset.count();

  transaction.erase_tree(chunks_of(name));
  for (std::size_t at = 0, number = 0; at < bytes.size(); at += kChunkBytes, ++number) {
    transaction.put(chunks_of(name), fmt::format("{:06}", number), bytes.substr(at, kChunkBytes));
  }
  transaction.put(kSnapshotsScope, name, wire_json(head));
  transaction.journal({.at = now, .kind = std::string(kind), .account = {}, .subject = name, .data = wire_json(shown)});
  DT_CO_CHECK(co_await services_.ledger.finish(std::move(transaction)));
  co_return shown;
}

Task<Result<>> Snapshots::take_first(store::Transaction last) {
  const auto kept = co_await keep(std::string(kFirst), "lab.started", std::move(last));
  if (!kept) co_return fail(kept.error());
  co_return Result<>{};
}

Task<Result<json::object>> Snapshots::take(std::string name) {
  if (!is_name(name))
    co_return fail({errors::kBadRequest, "name must be 1 to 64 letters, digits, dots, dashes and underscores"});
  if (busy_) co_return fail({errors::kConflict, "Another snapshot is being taken or brought back"});
  const auto others = co_await list();
  const bool known = std::ranges::any_of(others, [&](const auto& each) { return text_of(each, "name") == name; });
  if (!known && others.size() >= kSnapshotsMax)
    co_return fail({errors::kBadRequest, fmt::format("There are {} snapshots already; remove one", kSnapshotsMax)});
  const Quiet quiet(*this);
  co_return co_await keep(std::move(name), "lab.snapshot");
}

Task<Result<>> Snapshots::bring_back(std::string name, std::string_view kind) {
  auto& store = services_.ledger.store();
  const auto head = co_await store.get(kSnapshotsScope, name);
  if (!head) co_return fail({errors::kNotFound, fmt::format("There is no snapshot {}", name)});
  if (busy_) co_return fail({errors::kConflict, "Another snapshot is being taken or brought back"});
  const Quiet quiet(*this);
  co_await wait_for_requests();
  std::string bytes;
  store::ListQuery query{.scope = chunks_of(name), .oldest_first = true, .limit = 50};
  while (true) {
    const auto chunks = co_await store.list(query);
    for (const auto& chunk : chunks) bytes += chunk->value;
    if (chunks.size() < query.limit) break;
    query.after = chunks.back()->id;
  }
  store::Transaction kept = store::decode_changes(bytes);
  store::Transaction transaction;
  std::set<std::string> tops;
  for (const std::string& scope : co_await store.scopes_below("")) tops.insert(scope.substr(0, scope.find('/')));
  for (const std::string& top : tops) {
    if (top != "lab") transaction.erase_tree(top);
  }
  transaction.add_changes(kept);

  const json::object fields = stored_object(head->value);
  const auto micros = [&](std::string_view field) { return Duration(fields.at(field).to_number<std::int64_t>()); };
  Clock::State clock;
  if (name != kFirst) {
    clock = {
        .frozen = fields.at("frozen").as_bool(), .held = TimePoint(micros("held_us")), .offset = micros("offset_us")};
  }
  jumper_.stop();
  services_.clock.restore(clock);
  transaction.journal({.at = services_.clock.now(),
                       .kind = std::string(kind),
                       .account = {},
                       .subject = name,
                       .data = wire_json({{"records", fields.at("records")}})});
  const auto committed = co_await services_.ledger.commit_and_revoke(std::move(transaction), {});
  if (!committed) co_return fail(committed.error());
  co_await hooks_.reload();
  co_return Result<>{};
}

Task<Result<>> Snapshots::restore(std::string name) {
  if (!is_name(name)) co_return fail({errors::kNotFound, fmt::format("There is no snapshot {}", name)});
  co_return co_await bring_back(std::move(name), "lab.restored");
}

Task<Result<>> Snapshots::reset() { co_return co_await bring_back(std::string(kFirst), "lab.reset"); }

Task<std::vector<json::object>> Snapshots::list() {
  std::vector<json::object> out;
  for (const auto& row : co_await services_.ledger.store().list(
           {.scope = std::string(kSnapshotsScope), .oldest_first = true, .limit = kSnapshotsMax + 1})) {
    if (row->id == kFirst) continue;
    json::object head = stored_object(row->value);
    for (const std::string_view ours : {"frozen", "held_us", "offset_us"}) head.erase(ours);
    out.push_back(std::move(head));
  }
  co_return out;
}

Task<Result<>> Snapshots::remove(std::string name) {
  if (!is_name(name) || !co_await services_.ledger.store().get(kSnapshotsScope, name))
    co_return fail({errors::kNotFound, fmt::format("There is no snapshot {}", name)});
  store::Transaction transaction;
  transaction.erase(kSnapshotsScope, name);
  transaction.erase_tree(chunks_of(name));
  transaction.journal(
      {.at = services_.clock.now(), .kind = "lab.snapshot_removed", .account = {}, .subject = name, .data = "{}"});
  co_return co_await services_.ledger.finish(std::move(transaction));
}

}  // namespace dialtone::lab
