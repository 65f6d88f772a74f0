#include "store/ledger.hpp"

#include <gtest/gtest.h>

#include "base/testing.hpp"

namespace dialtone::store {
namespace {

using namespace std::chrono_literals;

using dialtone::testing::run;

struct LedgerTest : ::testing::Test {
  asio::io_context io;
  Clock clock{io.get_executor()};
  std::unique_ptr<Store> store = open_memory(io.get_executor());
  Ledger ledger{io.get_executor(), clock, *store};

  Transaction row(std::string subject, std::string data, TimePoint due) {
    Transaction transaction;
    transaction.outbox({.due = due, .kind = "work", .subject = std::move(subject), .data = std::move(data)});
    return transaction;
  }
  Task<Result<>> done(std::uint64_t id) {
    Transaction transaction;
    transaction.outbox_done(id);
    co_return co_await ledger.finish(std::move(transaction));
  }
};

TEST_F(LedgerTest, RowsOfOneSubjectAreHandledInOrderOneAtATime) {
  std::vector<std::string> seen;
  int running = 0;
  ledger.on("work", [&](OutboxRow r) -> Task<Result<>> {
    if (r.subject == "a") EXPECT_EQ(++running, 1);
    Timer timer(io.get_executor(), 1ms);
    co_await timer.async_wait(use_task);
    seen.push_back(r.subject + r.data);
    if (r.subject == "a") --running;
    co_return co_await done(r.id);
  });
  run(io, [](LedgerTest& t) -> Task<> {
    co_await t.ledger.start();
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(co_await t.ledger.commit(t.row("a", std::to_string(i), t.clock.now())));
    EXPECT_TRUE(co_await t.ledger.commit(t.row("b", "0", t.clock.now())));
  }(*this));
  io.restart();
  io.run();
  std::vector<std::string> of_a;
  for (const auto& each : seen) {
    if (each[0] == 'a') of_a.push_back(each);
  }
  EXPECT_EQ(of_a, (std::vector<std::string>{"a0", "a1", "a2", "a3", "a4"}));
  EXPECT_EQ(seen.size(), 6U);
  EXPECT_TRUE(ledger.idle());
}

TEST_F(LedgerTest, AFailedHandlerIsTriedAgainAndItsFollowersWait) {
  std::vector<std::string> seen;
  ledger.on("work", [&](OutboxRow r) -> Task<Result<>> {
    seen.push_back(r.data);
    if (seen.size() == 1) throw std::runtime_error("trouble");
    if (seen.size() == 2) co_return fail(kUnavailable);
    co_return co_await done(r.id);
  });
  run(io, [](LedgerTest& t) -> Task<> {
    co_await t.ledger.start();
    EXPECT_TRUE(co_await t.ledger.commit(t.row("a", "first", t.clock.now())));
    EXPECT_TRUE(co_await t.ledger.commit(t.row("a", "second", t.clock.now())));
  }(*this));
  io.restart();
  io.run();
  EXPECT_EQ(seen, (std::vector<std::string>{"first", "first", "first", "second"}));
}

TEST_F(LedgerTest, WhatAFormerRunLeftIsTakenUp) {
  run(io, [](LedgerTest& t) -> Task<> {
    for (int i = 0; i < 3; ++i)
      EXPECT_TRUE(co_await t.store->commit(t.row("s" + std::to_string(i), "x", t.clock.now())));
  }(*this));
  io.restart();
  int handled = 0;
  ledger.on("work", [&](OutboxRow r) -> Task<Result<>> {
    ++handled;
    co_return co_await done(r.id);
  });
  run(io, [](LedgerTest& t) -> Task<> { co_await t.ledger.start(); }(*this));
  io.restart();
  io.run();
  EXPECT_EQ(handled, 3);
  run(io, [](LedgerTest& t) -> Task<> { EXPECT_TRUE((co_await t.store->outbox(0, 10)).empty()); }(*this));
}

TEST_F(LedgerTest, ARowDueLaterWaitsForTheClock) {
  clock.freeze();
  bool handled = false;
  ledger.on("work", [&](OutboxRow r) -> Task<Result<>> {
    handled = true;
    co_return co_await done(r.id);
  });
  run(io, [](LedgerTest& t) -> Task<> {
    co_await t.ledger.start();
    EXPECT_TRUE(co_await t.ledger.commit(t.row("a", "x", t.clock.now() + 24h * 7)));
  }(*this));
  io.restart();
  io.poll();
  EXPECT_FALSE(handled);
  clock.set(clock.now() + 24h * 8);
  io.restart();
  io.run();
  EXPECT_TRUE(handled);
}

TEST_F(LedgerTest, MoreRowsThanFitInMemoryAreAllHandled) {
  const std::size_t count = Ledger::kLoadedMax + 5'000;
  std::size_t handled = 0;
  ledger.on("work", [&](OutboxRow r) -> Task<Result<>> {
    ++handled;
    co_return co_await done(r.id);
  });
  run(io, [](LedgerTest& t, std::size_t n) -> Task<> {
    // Committed before the start, and again more than fit while it runs.
    for (std::size_t i = 0; i < n; ++i)
      EXPECT_TRUE(co_await t.store->commit(t.row("s" + std::to_string(i), "", t.clock.now())));
    co_await t.ledger.start();
  }(*this, count));
  io.restart();
  io.run();
  EXPECT_EQ(handled, count);
}

TEST_F(LedgerTest, RevokedRowsAreNotHandledAndWhoIsAtWorkOnOneCannotCommit) {
  clock.freeze();
  Event begun(io.get_executor());
  Event go_on(io.get_executor());
  std::vector<std::string> handled;
  Result<> late;
  ledger.on("work", [&](OutboxRow r) -> Task<Result<>> {
    handled.push_back(r.data);
    if (r.data == "AC1 at work") {
      begun.set();
      co_await go_on.wait(10s);
      late = co_await done(r.id);
      co_return late;
    }
    co_return co_await done(r.id);
  });
  run(io, [](LedgerTest& t, Event& at_work, Event& further) -> Task<> {
    co_await t.ledger.start();
    for (const auto& [subject, data, due] : {std::tuple{"a", "AC1 at work", 0s},
                                             {"b", "AC1 next week", 168h},
                                             {"b", "AC2 next week", 168h},
                                             {"c", "AC1 next week", 168h}})
      EXPECT_TRUE(co_await t.ledger.commit(t.row(subject, data, t.clock.now() + due)));
    co_await at_work.wait(10s);
    Transaction transaction;
    EXPECT_TRUE(co_await t.ledger.commit_and_revoke(std::move(transaction), "AC1"));
    const auto left = co_await t.store->outbox(0, 10);
    EXPECT_EQ(left.size(), 1);
    EXPECT_EQ(left.front().data, "AC2 next week");
    EXPECT_TRUE(co_await t.ledger.commit(t.row("a", "AC2 now", t.clock.now())));
    further.set();
  }(*this, begun, go_on));
  io.restart();
  io.run();
  EXPECT_EQ(late.error().code, kConflict.code);
  clock.set(clock.now() + 200h);
  io.restart();
  io.run();
  EXPECT_EQ(handled, (std::vector<std::string>{"AC1 at work", "AC2 now", "AC2 next week"}));
  EXPECT_TRUE(ledger.idle());
}

TEST_F(LedgerTest, ListenersHearEntriesInOrderAndMayLeave) {
  std::vector<std::string> heard;
  std::uint64_t second = 0;
  ledger.subscribe([&](const EntryView& entry) {
    heard.push_back("1" + std::string(entry.kind));
    ledger.unsubscribe(second);
  });
  second = ledger.subscribe([&](const EntryView& entry) { heard.push_back("2" + std::string(entry.kind)); });
  run(io, [](LedgerTest& t) -> Task<> {
    Transaction transaction;
    transaction.journal({.at = t.clock.now(), .kind = "a", .account = {}, .subject = {}, .data = "{}"});
    transaction.journal({.at = t.clock.now(), .kind = "b", .account = {}, .subject = {}, .data = "{}"});
    EXPECT_TRUE(co_await t.ledger.commit(std::move(transaction)));
  }(*this));
  EXPECT_EQ(heard, (std::vector<std::string>{"1a", "1b"}));
}

}  // namespace
}  // namespace dialtone::store
