// How many messages per second does the store take, and at what latency and CPU cost? 64 coroutines in a closed loop
// each create a message (record, outbox row, journal entries) and finish it (same record, outbox row done).
//
//   store_bench [--tiny] [--messages N] [--memory] [--folder DIR]

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>

#include <sys/resource.h>
#include <unistd.h>

#include "base/sid.hpp"
#include "base/testing.hpp"
#include "store/store.hpp"

namespace {

using namespace dialtone;
using SteadyClock = std::chrono::steady_clock;

struct Plan {
  std::size_t messages = 500'000;
  std::size_t coroutines = 64;
  bool memory = false;
  std::string folder = "store_bench.data";
};

struct Run {
  store::Store& store;
  Clock& clock;
  SidSource sids;
  std::mt19937 random{42};
  std::size_t left;
  std::size_t failed = 0;
  std::vector<float> latencies_us = {};
  std::string body = std::string(640, 'x');
};

/// CPU seconds per thread name of this process.
std::map<std::string, double> cpu_seconds() {
  std::map<std::string, double> seconds;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream in(task.path() / "schedstat");
    std::ifstream name_in(task.path() / "comm");
    double nanoseconds = 0;
    std::string name;
    if (in >> nanoseconds && std::getline(name_in, name)) seconds[name] += nanoseconds * 1e-9;
  }
  return seconds;
}

double resident_mb() {
  std::ifstream in("/proc/self/statm");
  double total = 0;
  double resident = 0;
  in >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

double peak_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Task<> timed_commit(Run& run, store::Transaction& transaction, store::Committed& committed) {
  const auto begin = SteadyClock::now();
  auto result = co_await run.store.commit(std::move(transaction));
  run.latencies_us.push_back(std::chrono::duration<float, std::micro>(SteadyClock::now() - begin).count());
  if (!result) {
    ++run.failed;
    co_return;
  }
  committed = std::move(*result);
}

store::JournalEntry entry(Run& run, std::string_view kind, const std::string& sid) {
  return {.at = run.clock.now(),
          .kind = std::string(kind),
          .account = "AC0123456789abcdef0123456789abcdef",
          .subject = sid,
          .data = R"({"from": "+15005550006", "to": "+15005550009", "status": "sent"})"};
}

Task<> message(Run& run) {
  const std::string scope = "AC0123456789abcdef0123456789abcdef/api/Messages";
  const std::string sid = run.sids.make("SM");
  const std::vector<store::Term> terms{{.field = "to", .value = fmt::format("+1500555{:04}", run.random() % 1000)},
                                       {.field = "from", .value = fmt::format("+1500556{:04}", run.random() % 10)}};
  store::Committed committed;
  store::Transaction create;
  create.put(scope,
             std::make_shared<store::Record>(sid, fmt::format(R"({{"status": "queued", {}}})", run.body), terms));
  create.journal(entry(run, "message.queued", sid));
  create.outbox({.due = run.clock.now(), .kind = "message.deliver", .subject = sid, .data = R"({"attempt": 1})"});
  co_await timed_commit(run, create, committed);
  if (committed.rows.empty()) co_return;

  store::Transaction finish;
  finish.put(scope, std::make_shared<store::Record>(sid, fmt::format(R"({{"status": "sent", {}}})", run.body), terms));
  finish.journal(entry(run, "message.sent", sid));
  finish.journal(entry(run, "message.delivered", sid));
  finish.outbox_done(committed.rows.front().id);
  co_await timed_commit(run, finish, committed);
}

Task<> worker(Run& run, std::size_t& running) {
  while (run.left > 0) {
    --run.left;
    co_await message(run);
  }
  --running;
}

void report(Run& run, std::size_t messages, double seconds, const std::map<std::string, double>& before) {
  std::ranges::sort(run.latencies_us);
  const auto at = [&](double share) {
    return run.latencies_us[static_cast<std::size_t>(static_cast<double>(run.latencies_us.size() - 1) * share)];
  };
  fmt::print(
      "{:>8} messages  {:>7.0f}/s  commit p50 {:>5.0f} us  p99 {:>6.0f} us  max {:>7.0f} us  resident {:.0f} MB\n",
      messages, static_cast<double>(messages) / seconds, at(0.5), at(0.99), at(1), resident_mb());
  fmt::print("         CPU ms per 1000 messages:");
  for (const auto& [name, after] : cpu_seconds()) {
    const auto earlier = before.contains(name) ? before.at(name) : 0;
    fmt::print("  {} {:.2f}", name, (after - earlier) * 1e6 / static_cast<double>(messages));
  }
  fmt::print("\n");
  std::cout.flush();
}

int bench(const Plan& plan) {
  asio::io_context io(1);
  Clock clock(io.get_executor());
  std::unique_ptr<store::Store> store;
  if (plan.memory) {
    store = store::open_memory(io.get_executor());
  } else {
    std::filesystem::remove_all(plan.folder);
    std::filesystem::create_directories(plan.folder);
    auto opened = store::open_sqlite(io.get_executor(), {.folder = plan.folder});
    if (!opened) {
      std::cerr << opened.error().message << "\n";
      return 1;
    }
    store = std::move(*opened);
  }
  constexpr std::size_t kRounds = 5;
  std::size_t failed = 0;
  for (std::size_t round = 0; round < kRounds; ++round) {
    const auto messages = plan.messages / kRounds;
    Run run{.store = *store, .clock = clock, .sids = SidSource(clock), .left = messages};
    run.latencies_us.reserve(2 * messages);
    std::size_t running = plan.coroutines;
    const auto cpu = cpu_seconds();
    const auto begin = SteadyClock::now();
    for (std::size_t i = 0; i < plan.coroutines; ++i) spawn(io.get_executor(), "worker", worker(run, running));
    io.restart();
    while (running > 0) io.run_one();
    const auto seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
    report(run, messages, seconds, cpu);
    failed += run.failed;
  }
  const auto begin = SteadyClock::now();
  testing::run(io, store->settle());
  const std::chrono::duration<double, std::milli> settled = SteadyClock::now() - begin;
  const auto list_begin = SteadyClock::now();
  const auto page = testing::run(io, store->list({.scope = "AC0123456789abcdef0123456789abcdef/api/Messages"}));
  const std::chrono::duration<double, std::milli> listed = SteadyClock::now() - list_begin;
  fmt::print("settle {:.0f} ms, list of {} {:.2f} ms, peak {:.0f} MB\n", settled.count(), page.size(), listed.count(),
             peak_mb());
  const auto expected = plan.messages / kRounds * kRounds;
  const bool right =
      failed == 0 && store->last_position() == 3 * expected && page.size() == std::min<std::size_t>(50, expected);
  if (!right) std::cerr << "wrong result\n";
  store.reset();
  if (!plan.memory) std::filesystem::remove_all(plan.folder);
  return right ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  Plan plan;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    const std::string_view value = i + 1 < count ? arguments[i + 1] : "";
    if (argument == "--tiny") plan.messages = 500;
    if (argument == "--memory") plan.memory = true;
    if (argument == "--folder") plan.folder = value;
    if (argument == "--messages") std::from_chars(value.data(), value.data() + value.size(), plan.messages);
  }
  return bench(plan);
}
