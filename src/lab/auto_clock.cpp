#include "lab/auto_clock.hpp"

#include "base/log.hpp"

namespace dialtone::lab {
namespace {

constexpr std::chrono::milliseconds kLook{5};

}  // namespace

void AutoClock::start(AutoOptions options) {
  options_ = options;
  on_ = true;
  services_.clock.freeze();
  spawn(services_.executor, "clock.auto", watch(++run_));
}

AutoClock::Mark AutoClock::mark() const {
  // Who waits for the clock itself does nothing meanwhile.
  const std::size_t working = requests_() + services_.ledger.running();
  return {.position = services_.ledger.store().last_position(),
          .working = working - std::min(working, services_.clock.resting()),
          .next = services_.clock.next_due()};
}

Task<> AutoClock::watch(std::uint64_t run) {
  Timer timer(services_.executor);
  Mark last = mark();
  auto since = std::chrono::steady_clock::now();
  while (run == run_) {
    timer.expires_after(std::min(kLook, options_.quiet));
    co_await timer.async_wait(use_task);
    if (run != run_) co_return;
    const Mark now = mark();
    const auto time = std::chrono::steady_clock::now();
    if (now != last || now.working > 0) {
      last = now;
      since = time;
      continue;
    }
    const bool may = now.next && (!options_.until || *now.next <= *options_.until);
    if (!may || time - since < options_.quiet) continue;
    co_await jump(*now.next);
    since = std::chrono::steady_clock::now();
  }
}

Task<> AutoClock::jump(TimePoint to) {
  const TimePoint from = services_.clock.now();
  // A timer that was due already has only not run yet.
  if (to <= from) co_return;
  store::Transaction transaction;
  transaction.journal({.at = to,
                       .kind = "clock.jumped",
                       .account = {},
                       .subject = "clock",
                       .data = wire_json({{"from", iso8601_precise(from)}, {"to", iso8601_precise(to)}})});
  if (const auto told = co_await services_.ledger.commit(std::move(transaction)); !told)
    log::warn("clock.jumped", {{"error", told.error().message}});
  if (on_ && services_.clock.now() < to) services_.clock.set(to);
}

}  // namespace dialtone::lab
