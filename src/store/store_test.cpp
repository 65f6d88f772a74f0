// What every store must do. Another implementation is one more line in the list at the end of this file.

#include "store/store.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/testing.hpp"
#include "store/store_test_folder.hpp"

namespace dialtone::store {
namespace {

using testing::run;

struct Implementation {
  std::string name;
  std::function<std::unique_ptr<Store>(Executor, const std::string& folder)> open;
};

class StoreTest : public ::testing::TestWithParam<Implementation> {
 protected:
  void SetUp() override { store_ = GetParam().open(io_.get_executor(), folder_.path()); }

  Committed commit(Transaction transaction) {
    auto result = run(io_, store_->commit(std::move(transaction)));
    EXPECT_TRUE(result.has_value());
    return result ? std::move(*result) : Committed{};
  }
  int status_of(Transaction transaction) {
    const auto result = run(io_, store_->commit(std::move(transaction)));
    return result ? 200 : result.error().status;
  }
  void put(const std::string& scope, const std::string& id, const std::string& value, std::vector<Term> terms = {}) {
    Transaction transaction;
    transaction.put(scope, record(id, value, std::move(terms)));
    commit(std::move(transaction));
  }
  std::string get(const std::string& scope, const std::string& id) {
    const auto found = run(io_, store_->get(scope, id));
    return found ? found->value : "(none)";
  }
  std::string ids(ListQuery query) {
    std::string text;
    for (const auto& found : run(io_, store_->list(std::move(query)))) text += found->id + " ";
    return text;
  }

  void run_until_none(const int& left) {
    io_.restart();
    while (left > 0) ASSERT_EQ(io_.run_one(), 1) << "the coroutines wait for something that nobody does";
  }

  TestFolder folder_;
  asio::io_context io_{1};
  std::unique_ptr<Store> store_;
};

TEST_P(StoreTest, ReadsWhatWasPut) {
  put("AC1/api/Messages", "SM1", "one");
  EXPECT_EQ(get("AC1/api/Messages", "SM1"), "one");
  EXPECT_EQ(get("AC1/api/Messages", "SM2"), "(none)");
  EXPECT_EQ(get("AC1/api", "SM1"), "(none)");
  put("AC1/api/Messages", "SM1", "two");
  EXPECT_EQ(get("AC1/api/Messages", "SM1"), "two");
  const auto peeked = store_->peek("AC1/api/Messages", "SM1");
  ASSERT_TRUE(peeked.has_value());
  EXPECT_EQ((*peeked)->value, "two");
}

TEST_P(StoreTest, KeepsBytesAndTermsAsTheyAre) {
  const std::string bytes("\0\xff{\n'\"", 6);
  put("s", "a", bytes, {{.field = "to", .value = "+1"}, {.field = "", .value = ""}});
  put("s", "b", "");
  run(io_, store_->settle());
  const auto found = run(io_, store_->list({.scope = "s"}));
  ASSERT_EQ(found.size(), 2);
  EXPECT_EQ(found[1]->value, bytes);
  EXPECT_EQ(found[1]->terms, (std::vector<Term>{{.field = "to", .value = "+1"}, {.field = "", .value = ""}}));
  EXPECT_EQ(found[0]->value, "");
}

TEST_P(StoreTest, ReadsFromDiskWhatTheCacheDropped) {
  for (int i = 0; i < 50; ++i) put("s", fmt::format("id{:02}", i), std::string(500, static_cast<char>('a' + i % 26)));
  run(io_, store_->settle());
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(get("s", fmt::format("id{:02}", i)), std::string(500, static_cast<char>('a' + i % 26)));
  }
  EXPECT_EQ(get("s", "id50"), "(none)");
}

TEST_P(StoreTest, ListsInBothDirectionsPageByPage) {
  for (const auto* id : {"c", "a", "e", "b", "d"}) put("s", id, id);
  put("other", "x", "x");
  EXPECT_EQ(ids({.scope = "s"}), "e d c b a ");
  EXPECT_EQ(ids({.scope = "s", .limit = 2}), "e d ");
  EXPECT_EQ(ids({.scope = "s", .after = "d", .limit = 2}), "c b ");
  EXPECT_EQ(ids({.scope = "s", .after = "b", .limit = 2}), "a ");
  EXPECT_EQ(ids({.scope = "s", .after = "a", .limit = 2}), "");
  EXPECT_EQ(ids({.scope = "s", .oldest_first = true, .limit = 3}), "a b c ");
  EXPECT_EQ(ids({.scope = "s", .after = "c", .oldest_first = true}), "d e ");
  EXPECT_EQ(ids({.scope = "s", .until = "c"}), "e d c ");
  EXPECT_EQ(ids({.scope = "s", .after = "d", .until = "b"}), "c b ");
  EXPECT_EQ(ids({.scope = "s", .after = "b", .until = "c"}), "");
  EXPECT_EQ(ids({.scope = "s", .until = "b", .oldest_first = true}), "a b ");
  EXPECT_EQ(ids({.scope = "s", .after = "a", .until = "c", .oldest_first = true}), "b c ");
  EXPECT_EQ(ids({.scope = "s", .after = "d", .until = "c", .oldest_first = true}), "");
  EXPECT_EQ(ids({.scope = "s", .after = "bb"}), "b a ");
  EXPECT_EQ(ids({.scope = "none"}), "");
}

TEST_P(StoreTest, ListsSidsByAgeWhateverTheirLetters) {
  const auto sid = [](std::string_view letters, int n) { return fmt::format("{}{:032x}", letters, n); };
  const Term term{.field = "to", .value = "+1"};
  const std::string looks_turned = fmt::format("{:032x}SM", 2);
  put("s", sid("SM", 1), "", {term});
  put("s", sid("MM", 2), "", {term});
  put("s", sid("SM", 3), "", {term});
  put("s", sid("MM", 4), "", {term});
  put("s", looks_turned, "plain");
  const std::string all = fmt::format("{} {} {} {} ", sid("MM", 4), sid("SM", 3), sid("MM", 2), sid("SM", 1));
  EXPECT_EQ(ids({.scope = "s", .term = term}), all);
  EXPECT_EQ(ids({.scope = "s", .limit = 4}), all);
  EXPECT_EQ(ids({.scope = "s", .term = term, .after = sid("SM", 3), .until = sid("AA", 2)}), sid("MM", 2) + " ");
  EXPECT_EQ(get("s", looks_turned), "plain");
  Transaction erasing;
  erasing.erase("s", sid("MM", 2));
  commit(std::move(erasing));
  EXPECT_EQ(ids({.scope = "s", .term = term, .after = sid("SM", 3)}), sid("SM", 1) + " ");
}

TEST_P(StoreTest, ListsByTermAndForgetsTermsThatARecordLost) {
  const Term to1{.field = "to", .value = "+1"};
  const Term to2{.field = "to", .value = "+2"};
  const Term from1{.field = "from", .value = "+1"};
  put("s", "a", "1", {to1, from1});
  put("s", "b", "1", {to2});
  put("s", "c", "1", {to1});
  EXPECT_EQ(ids({.scope = "s", .term = to1}), "c a ");
  EXPECT_EQ(ids({.scope = "s", .term = to1, .after = "c"}), "a ");
  EXPECT_EQ(ids({.scope = "s", .term = to1, .after = "a", .oldest_first = true}), "c ");
  EXPECT_EQ(ids({.scope = "s", .term = from1}), "a ");
  EXPECT_EQ(ids({.scope = "t", .term = to1}), "");
  put("s", "a", "2", {to2, from1});
  EXPECT_EQ(ids({.scope = "s", .term = to1}), "c ");
  EXPECT_EQ(ids({.scope = "s", .term = to2}), "b a ");
  EXPECT_EQ(ids({.scope = "s", .term = from1}), "a ");
  Transaction transaction;
  transaction.erase("s", "b");
  commit(std::move(transaction));
  EXPECT_EQ(ids({.scope = "s", .term = to2}), "a ");
}

TEST_P(StoreTest, ErasesARecord) {
  put("s", "a", "1");
  run(io_, store_->settle());
  Transaction transaction;
  transaction.erase("s", "a");
  transaction.erase("s", "never");
  commit(std::move(transaction));
  EXPECT_EQ(get("s", "a"), "(none)");
  EXPECT_EQ(ids({.scope = "s"}), "");
  run(io_, store_->settle());
  EXPECT_EQ(get("s", "a"), "(none)");
  put("s", "a", "2");
  EXPECT_EQ(get("s", "a"), "2");
}

TEST_P(StoreTest, NamesTheScopesThatHoldRecords) {
  for (int i = 0; i < 20; ++i) put("many", std::to_string(i), "x");
  put("a/b", "x", "x");
  put("a/c", "x", "x");
  run(io_, store_->settle());
  Transaction transaction;
  transaction.erase("a/c", "x");
  commit(std::move(transaction));
  EXPECT_EQ(run(io_, store_->scopes_below("")), (std::vector<std::string>{"a/b", "many"}));
  EXPECT_EQ(run(io_, store_->scopes_below("a")), std::vector<std::string>{"a/b"});
}

TEST_P(StoreTest, ErasesATreeAndNothingBesideIt) {
  const Term term{.field = "f", .value = "v"};
  for (const auto* scope : {"AC1", "AC1/a", "AC1/a/b", "AC10", "AC10/a", "AC2/AC1"}) put(scope, "x", scope, {term});
  run(io_, store_->settle());
  put("AC1/late", "x", "not yet placed", {term});
  EXPECT_EQ(run(io_, store_->scopes_below("AC1")), (std::vector<std::string>{"AC1", "AC1/a", "AC1/a/b", "AC1/late"}));
  EXPECT_EQ(run(io_, store_->scopes_below("")).size(), 7);
  Transaction transaction;
  transaction.put("AC1/a", record("y", "gone at once", {term}));
  transaction.erase_tree("AC1");
  transaction.put("AC1/new", record("x", "after", {term}));
  commit(std::move(transaction));
  for (int round = 0; round < 2; ++round) {
    for (const auto* scope : {"AC1", "AC1/a", "AC1/a/b", "AC1/late"}) {
      EXPECT_EQ(get(scope, "x"), "(none)") << scope;
      EXPECT_EQ(ids({.scope = scope, .term = term}), "") << scope;
    }
    EXPECT_EQ(get("AC1/a", "y"), "(none)");
    EXPECT_EQ(get("AC1/new", "x"), "after");
    EXPECT_EQ(get("AC10/a", "x"), "AC10/a");
    EXPECT_EQ(run(io_, store_->scopes_below("AC1")), std::vector<std::string>{"AC1/new"});
    EXPECT_EQ(ids({.scope = "AC2/AC1"}), "x ");
    run(io_, store_->settle());
  }
  put("AC1/a", "x", "again");
  EXPECT_EQ(ids({.scope = "AC1/a"}), "x ");
}

TEST_P(StoreTest, ChecksConditionsAgainstMemoryAndDisk) {
  for (const bool on_disk : {false, true}) {
    const std::string scope = on_disk ? "disk" : "memory";
    put(scope, "a", "1");
    if (on_disk) run(io_, store_->settle());
    const auto with = [&](auto condition) {
      Transaction transaction;
      condition(transaction);
      transaction.put(scope, record("b", "done"));
      return status_of(std::move(transaction));
    };
    EXPECT_EQ(with([&](auto& t) { t.require_absent(scope, "a"); }), 409);
    EXPECT_EQ(with([&](auto& t) { t.require_unchanged(scope, record("a", "0")); }), 409);
    EXPECT_EQ(with([&](auto& t) { t.require_unchanged(scope, record("z", "1")); }), 409);
    EXPECT_EQ(get(scope, "b"), "(none)");
    EXPECT_EQ(with([&](auto& t) { t.require_absent(scope, "z"); }), 200);
    EXPECT_EQ(with([&](auto& t) { t.require_unchanged(scope, record("a", "1")); }), 200);
    EXPECT_EQ(get(scope, "b"), "done");
  }
  Transaction erased;
  erased.erase_tree("disk");
  commit(std::move(erased));
  Transaction fresh;
  fresh.require_absent("disk", "a");
  EXPECT_EQ(status_of(std::move(fresh)), 200);
}

TEST_P(StoreTest, LetsOneOfManyWinWithinABatch) {
  int won = 0;
  int conflicts = 0;
  int left = 100;
  const auto claim = [&](int number) -> Task<> {
    Transaction transaction;
    transaction.require_absent("names", "x");
    transaction.put("names", record("x", std::to_string(number)));
    transaction.journal(entry("claimed"));
    const auto result = co_await store_->commit(std::move(transaction));
    result ? ++won : ++conflicts;
    if (!result) EXPECT_EQ(result.error().code, kConflict.code);
    --left;
  };
  for (int i = 0; i < 100; ++i) spawn(io_.get_executor(), "claim", claim(i));
  run_until_none(left);
  EXPECT_EQ(won, 1);
  EXPECT_EQ(conflicts, 99);
  EXPECT_EQ(get("names", "x"), "0");
  EXPECT_EQ(store_->last_position(), 1);
}

TEST_P(StoreTest, CountsRightWhenManyIncrementAtOnce) {
  put("s", "counter", "0");
  int left = 20;
  const auto increment = [&]() -> Task<> {
    for (;;) {
      const auto seen = co_await store_->get("s", "counter");
      Transaction transaction;
      transaction.require_unchanged("s", seen);
      transaction.put("s", record("counter", std::to_string(std::stoi(seen->value) + 1)));
      if (co_await store_->commit(std::move(transaction))) break;
    }
    --left;
  };
  for (int i = 0; i < 20; ++i) spawn(io_.get_executor(), "increment", increment());
  run_until_none(left);
  EXPECT_EQ(get("s", "counter"), "20");
}

TEST_P(StoreTest, NumbersTheJournalFromOne) {
  EXPECT_EQ(store_->last_position(), 0);
  EXPECT_TRUE(run(io_, store_->journal(0, 10)).empty());
  for (int i = 0; i < 5; ++i) {
    Transaction transaction;
    transaction.journal(entry(fmt::format("first{}", i)));
    transaction.journal(entry(fmt::format("second{}", i)));
    const auto committed = commit(std::move(transaction));
    std::vector<std::uint64_t> positions;
    committed.for_each_entry([&](const EntryView& made) { positions.push_back(made.position); });
    EXPECT_EQ(positions, (std::vector<std::uint64_t>{2 * i + 1UL, 2 * i + 2UL}));
    if (i == 2) run(io_, store_->settle());
  }
  EXPECT_EQ(store_->last_position(), 10);
  const auto entries = run(io_, store_->journal(3, 4));
  ASSERT_EQ(entries.size(), 4);
  EXPECT_EQ(entries[0].position, 4);
  EXPECT_EQ(entries[0].kind, "second1");
  EXPECT_EQ(entries[0].at, entry("").at);
  EXPECT_EQ(entries[0].data, entry("").data);
  EXPECT_EQ(run(io_, store_->journal(0, 100)).size(), 10);
  EXPECT_TRUE(run(io_, store_->journal(10, 100)).empty());
}

TEST_P(StoreTest, KeepsOutboxRowsUntilTheyAreDone) {
  Transaction add;
  for (const auto* subject : {"a", "b", "c"})
    add.outbox({.due = entry("").at, .kind = "k", .subject = subject, .data = "{}"});
  const auto rows = commit(std::move(add)).rows;
  ASSERT_EQ(rows.size(), 3);
  EXPECT_LT(rows[0].id, rows[1].id);
  Transaction done;
  done.outbox_done(rows[0].id);
  commit(std::move(done));
  auto left = run(io_, store_->outbox(0, 10));
  ASSERT_EQ(left.size(), 2);
  EXPECT_EQ(left[0].subject, "b");
  EXPECT_EQ(left[0].due, entry("").at);
  Transaction done_later;
  done_later.outbox_done(rows[2].id);
  commit(std::move(done_later));
  EXPECT_EQ(run(io_, store_->outbox(0, 10)).size(), 1);
  EXPECT_TRUE(run(io_, store_->outbox(rows[1].id, 10)).empty());
}

TEST_P(StoreTest, ReadsItsOwnWritesUnderLoad) {
  int left = 32;
  const auto work = [&](int worker) -> Task<> {
    const std::string scope = fmt::format("w{}", worker % 4);
    for (int i = 0; i < 40; ++i) {
      const auto id = fmt::format("{:02}-{:02}", worker, i % 7);
      const auto value = fmt::format("{}-{}{}", worker, i, std::string(300, '.'));
      Transaction transaction;
      if (i % 5 == 4) {
        transaction.erase(scope, id);
      } else {
        transaction.put(scope, record(id, value, {{.field = "w", .value = std::to_string(worker)}}));
      }
      const auto committed = co_await store_->commit(std::move(transaction));
      EXPECT_TRUE(committed.has_value());
      const auto found = co_await store_->get(scope, id);
      EXPECT_EQ(found ? found->value : "", i % 5 == 4 ? "" : value);
      if (i % 10 != 9) continue;
      co_await store_->settle();
      const auto again = co_await store_->get(scope, id);
      EXPECT_EQ(again ? again->value : "", i % 5 == 4 ? "" : value);
      const auto listed =
          co_await store_->list({.scope = scope, .term = Term{.field = "w", .value = std::to_string(worker)}});
      for (const auto& one : listed) EXPECT_TRUE(one->id.starts_with(fmt::format("{:02}-", worker)));
      EXPECT_EQ(std::ranges::count(listed, id, [](const auto& one) { return one->id; }), i % 5 == 4 ? 0 : 1);
    }
    --left;
  };
  for (int i = 0; i < 32; ++i) spawn(io_.get_executor(), "work", work(i));
  run_until_none(left);
}

TEST_P(StoreTest, ClosesWhileCommitsAreUnderWay) {
  for (int i = 0; i < 10; ++i) {
    const auto work = [](Store& store) -> Task<> {
      Transaction transaction;
      transaction.put("s", record("a", "1"));
      (void)co_await store.commit(std::move(transaction));
      (void)co_await store.list({.scope = "s"});
    };
    spawn(io_.get_executor(), "work", work(*store_));
  }
  for (int i = 0; i < 15; ++i) io_.poll_one();
  store_.reset();
}

const auto kImplementations = ::testing::Values(
    Implementation{.name = "memory",
                   .open = [](Executor executor, const std::string&) { return open_memory(executor); }},
    Implementation{
        .name = "sqlite",
        .open = [](Executor executor,
                   const std::string& folder) { return std::move(open_sqlite(executor, {.folder = folder})).value(); }},
    Implementation{
        .name = "sqlite_tiny_cache", .open = [](Executor executor, const std::string& folder) {
          return std::move(open_sqlite(executor, {.folder = folder, .cache_bytes_max = 2000, .readers = 1})).value();
        }});

INSTANTIATE_TEST_SUITE_P(All, StoreTest, kImplementations, [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace dialtone::store
