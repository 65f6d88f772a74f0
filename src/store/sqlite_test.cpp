// What a store on disk must do besides: survive every kind of end, refuse what it cannot open, and go on when the disk
// does.

#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/log.hpp"
#include "base/testing.hpp"
#include "store/codec.hpp"
#include "store/sqlite_schema.hpp"
#include "store/store.hpp"
#include "store/store_test_folder.hpp"
#include "store/write_log.hpp"

namespace dialtone::store {
namespace {

using testing::run;

struct Opened {
  asio::io_context io{1};
  std::unique_ptr<Store> store;

  explicit Opened(const std::string& folder) {
    auto result = open_sqlite(io.get_executor(), {.folder = folder});
    if (!result) throw std::runtime_error(result.error().message);
    store = std::move(*result);
  }
  Result<Committed> commit(Transaction transaction) { return run(io, store->commit(std::move(transaction))); }
  std::string get(const std::string& id) {
    const auto found = run(io, store->get("s", id));
    return found ? found->value : "(none)";
  }
};

std::string id_of(int number) { return fmt::format("{:06}", number); }

/// Nothing that could be packed.
std::string noise(int seed, std::size_t bytes) {
  std::minstd_rand random(static_cast<unsigned>(seed));
  std::string out;
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>('A' + random() / 97 % 57);
  return out;
}

/// One record, one entry, one row; the row of the one before is done.
Transaction numbered(int number, std::uint64_t done = 0, std::size_t bytes = 0) {
  Transaction transaction;
  transaction.put("s", record(id_of(number), std::to_string(number) + noise(number, bytes),
                              {{.field = "mod", .value = std::to_string(number % 3)}}));
  transaction.journal(entry(std::to_string(number)));
  transaction.outbox({.due = {}, .kind = "k", .subject = std::to_string(number), .data = {}});
  if (done != 0) transaction.outbox_done(done);
  return transaction;
}

/// Everything up to `last` is there, and what is there is whole. Returns how many there are.
int check_numbered(Opened& opened, int last) {
  const auto records = run(opened.io, opened.store->list({.scope = "s", .oldest_first = true, .limit = 1'000'000}));
  const auto entries = run(opened.io, opened.store->journal(0, 1'000'000));
  const auto rows = run(opened.io, opened.store->outbox(0, 1'000'000));
  const auto count = static_cast<int>(records.size());
  EXPECT_GE(count, last);
  EXPECT_EQ(entries.size(), records.size());
  EXPECT_EQ(opened.store->last_position(), records.size());
  for (int i = 0; i < count; ++i) {
    const auto& found = records[static_cast<std::size_t>(i)];
    EXPECT_EQ(found->id, id_of(i + 1));
    EXPECT_EQ(std::stoi(found->value), i + 1);
    EXPECT_EQ(entries[static_cast<std::size_t>(i)].position, i + 1);
    EXPECT_EQ(entries[static_cast<std::size_t>(i)].kind, std::to_string(i + 1));
  }
  EXPECT_EQ(rows.size(), count > 0 ? 1 : 0);
  if (!rows.empty()) EXPECT_EQ(rows[0].subject, std::to_string(count));
  std::size_t with_terms = 0;
  for (const auto* mod : {"0", "1", "2"}) {
    const Term term{.field = "mod", .value = mod};
    with_terms += run(opened.io, opened.store->list({.scope = "s", .term = term, .limit = 1'000'000})).size();
  }
  EXPECT_EQ(with_terms, records.size());
  return count;
}

/// Runs `body` in a child process; its result is the exit status.
int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    int status = 99;
    try {
      status = body();
    } catch (const std::exception& error) {
      fmt::print(stderr, "child: {}\n", error.what());
    }
    ::_exit(status);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST(SqliteStore, GoesOnAfterItWasClosed) {
  const TestFolder folder;
  std::uint64_t last_row = 0;
  for (int round = 0; round < 4; ++round) {
    Opened opened(folder.path());
    const int there = check_numbered(opened, round * 20);
    ASSERT_EQ(there, round * 20);
    for (int i = there + 1; i <= there + 20; ++i) {
      const auto committed = opened.commit(numbered(i, last_row));
      ASSERT_TRUE(committed);
      EXPECT_GT(committed->rows[0].id, last_row);
      EXPECT_EQ(committed->first_position, i);
      last_row = committed->rows[0].id;
    }
  }
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_FALSE(file.path().filename().string().starts_with("log.")) << "a clean end leaves no log";
    EXPECT_EQ(static_cast<int>(file.status().permissions() & std::filesystem::perms::all), 0600) << file.path();
  }
}

TEST(SqliteStore, OpensACopyOfFilesTakenWithoutClosing) {
  const TestFolder folder;
  Opened opened(folder.path());
  std::uint64_t row = 0;
  for (int i = 1; i <= 200; ++i) {
    row = opened.commit(numbered(i, row, 2000)).value().rows[0].id;
    if (i == 100) run(opened.io, opened.store->settle());
    if (i % 40 != 0) continue;
    // The log first: what the database copy has more than it is no harm, and the placing may go on meanwhile.
    const TestFolder copy;
    for (const std::string_view prefix : {"log.", "dialtone"}) {
      for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
        const auto name = file.path().filename().string();
        if (name.starts_with(prefix) && !name.ends_with("-shm"))
          std::filesystem::copy(file.path(), copy.path() + "/" + name);
      }
    }
    Opened again(copy.path());
    EXPECT_EQ(check_numbered(again, i), i);
  }
}

TEST(SqliteStore, KeepsEveryAnsweredCommitThroughSigkill) {
  const TestFolder folder;
  std::mt19937 random(7);
  int answered = 0;
  for (int round = 0; round < 8; ++round) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(pipe[0]);
      Opened opened(folder.path());
      const auto rows = run(opened.io, opened.store->outbox(0, 10));
      std::uint64_t row = rows.empty() ? 0 : rows.back().id;
      for (int i = static_cast<int>(opened.store->last_position()) + 1;; ++i) {
        row = opened.commit(numbered(i, row, 3000)).value().rows[0].id;
        if (::write(pipe[1], &i, sizeof(i)) != sizeof(i)) ::_exit(1);
      }
    }
    ::close(pipe[1]);
    const auto rounds_to_live = 1 + random() % 400;
    for (unsigned i = 0; i < rounds_to_live && ::read(pipe[0], &answered, sizeof(answered)) > 0; ++i) {
    }
    ::kill(child, SIGKILL);
    while (::read(pipe[0], &answered, sizeof(answered)) > 0) {
    }
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    Opened opened(folder.path());
    EXPECT_LE(check_numbered(opened, answered), answered + 1);
  }
}

TEST(SqliteStore, IgnoresATornEndOfTheLog) {
  const TestFolder folder;
  const TestFolder copy;
  {
    Opened opened(folder.path());
    std::uint64_t row = 0;
    for (int i = 1; i <= 10; ++i) row = opened.commit(numbered(i, row)).value().rows[0].id;
    std::filesystem::copy(folder.path(), copy.path(), std::filesystem::copy_options::recursive);
  }
  for (const auto& file : std::filesystem::directory_iterator(copy.path())) {
    if (!file.path().filename().string().starts_with("log.")) continue;
    std::filesystem::resize_file(file.path(), std::filesystem::file_size(file.path()) - 3);
  }
  std::filesystem::remove(copy.path() + "/dialtone.db-shm");
  Opened opened(copy.path());
  EXPECT_GE(check_numbered(opened, 9), 9);
}

TEST(SqliteStore, AnswersUnavailableWhenTheDiskIsFullAndRecovers) {
  const TestFolder folder;
  const int status = in_child([&] {
    log::set_level(log::Level::kOff);
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = 300'000;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    Opened opened(folder.path());
    std::uint64_t row = 0;
    int number = 1;
    int refused = 0;
    const auto commit = [&](std::size_t bytes) {
      const auto committed = opened.commit(numbered(number, row, bytes));
      if (committed) {
        row = committed->rows[0].id;
        if (committed->first_position != static_cast<std::uint64_t>(number)) return 2;
        ++number;
        return 0;
      }
      if (committed.error().status != 503) return 3;
      if (opened.get(id_of(number)) != "(none)") return 4;
      ++refused;
      return 0;
    };
    // The database cannot grow, so the backlog fills; then nothing is taken any more.
    while (refused < 20) {
      if (const int wrong = commit(refused % 2 == 0 ? 100'000 : 400'000); wrong != 0) return wrong;
    }
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 5; ++i) {
      const int before = number;
      if (const int wrong = commit(1000); wrong != 0) return wrong;
      if (number != before + 1) return 5;
    }
    run(opened.io, opened.store->settle());
    return check_numbered(opened, number - 1) == number - 1 && !::testing::Test::HasFailure() ? 0 : 6;
  });
  EXPECT_EQ(status, 0);
  Opened opened(folder.path());
  check_numbered(opened, 6);
}

TEST(SqliteStore, KeepsWhatItCouldNotPlaceForTheNextStart) {
  const TestFolder folder;
  const int status = in_child([&] {
    log::set_level(log::Level::kOff);
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = 400'000;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    Opened opened(folder.path());
    std::uint64_t row = 0;
    for (int i = 1; i <= 20; ++i) {
      const auto committed = opened.commit(numbered(i, row, 50'000));
      if (!committed) return i - 1;
      row = committed->rows[0].id;
    }
    return 20;
  });
  EXPECT_GE(status, 1);
  Opened opened(folder.path());
  EXPECT_EQ(check_numbered(opened, status), status);
}

TEST(SqliteStore, RefusesAFolderThatIsInUse) {
  const TestFolder folder;
  const Opened first(folder.path());
  asio::io_context io;
  const auto second = open_sqlite(io.get_executor(), {.folder = folder.path()});
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find(folder.path()), std::string::npos);
  EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos);
}

TEST(SqliteStore, IsLockedAgainstAnotherProcess) {
  const TestFolder folder;
  std::array<int, 2> ready{};
  std::array<int, 2> end{};
  ASSERT_EQ(::pipe(ready.data()) + ::pipe(end.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(end[1]);
    const Opened opened(folder.path());
    char byte = 0;
    if (::write(ready[1], "x", 1) != 1 || ::read(end[0], &byte, 1) < 0) ::_exit(1);
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  try {
    const Opened second(folder.path());
    ADD_FAILURE() << "opened twice";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find(std::to_string(child)), std::string::npos) << error.what();
  }
  ::close(end[1]);
  int status = 0;
  ::waitpid(child, &status, 0);
  const Opened free(folder.path());
  for (const int file : {ready[0], ready[1], end[0]}) ::close(file);
}

TEST(SqliteStore, RefusesAFolderThatCannotBeWritten) {
  const TestFolder folder;
  const int status = in_child([&] {
    ::chmod(folder.path().c_str(), 0555);
    if (::geteuid() == 0 && ::setuid(65534) != 0) return 1;  // for root nothing is read-only
    asio::io_context io;
    const auto opened = open_sqlite(io.get_executor(), {.folder = folder.path()});
    return !opened && opened.error().message.find(folder.path()) != std::string::npos ? 0 : 2;
  });
  EXPECT_EQ(status, 0);
  asio::io_context io;
  EXPECT_FALSE(open_sqlite(io.get_executor(), {.folder = folder.path() + "/missing"}));
}

TEST(SqliteStore, RefusesADatabaseOfANewerVersion) {
  const TestFolder folder;
  {
    Database(folder.path() + "/dialtone.db", Database::Role::kPlace).execute("PRAGMA user_version = 99");
  }
  asio::io_context io;
  const auto opened = open_sqlite(io.get_executor(), {.folder = folder.path()});
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("newer version"), std::string::npos);
}

TEST(SqliteStore, RefusesAFileThatIsNoDatabase) {
  const TestFolder folder;
  std::ofstream(folder.path() + "/dialtone.db") << std::string(10'000, 'x');
  asio::io_context io;
  EXPECT_FALSE(open_sqlite(io.get_executor(), {.folder = folder.path()}));
}

TEST(SqliteStore, MigratesAnEmptyFileOnceAndLeavesItThen) {
  const TestFolder folder;
  Database database(folder.path() + "/dialtone.db", Database::Role::kPlace);
  ASSERT_TRUE(migrate(database));
  EXPECT_EQ(database.number("PRAGMA user_version"), kSchemaVersion);
  database.execute("INSERT INTO scope(path) VALUES('kept')");
  ASSERT_TRUE(migrate(database));
  EXPECT_EQ(database.number("SELECT count(*) FROM scope"), 1);
}

/// Records of all sizes come, change, go and come again in any order, and every list says what the one in memory says.
TEST(SqliteStore, RunsHoldWhatTheStoreInMemoryHolds) {
  const TestFolder folder;
  Opened opened(folder.path());
  const auto memory = open_memory(opened.io.get_executor());
  std::mt19937 random(11);
  const auto any = [&](unsigned below) { return random() % below; };
  const auto both = [&](const ListQuery& query) {
    const auto here = run(opened.io, opened.store->list(query));
    const auto there = run(opened.io, memory->list(query));
    ASSERT_EQ(here.size(), there.size());
    for (std::size_t i = 0; i < here.size(); ++i) {
      EXPECT_EQ(here[i]->id, there[i]->id);
      EXPECT_EQ(here[i]->value, there[i]->value);
      EXPECT_EQ(here[i]->terms, there[i]->terms);
    }
  };
  for (int round = 0; round < 60; ++round) {
    Transaction transaction;
    for (unsigned i = any(200); i > 0; --i) {
      const std::string scope = any(3) == 0 ? "a/b" : "a";
      const std::string id = id_of(static_cast<int>(any(500)));
      if (any(4) == 0) {
        transaction.erase(scope, id);
        continue;
      }
      std::vector<Term> terms;
      if (any(2) == 0) terms.push_back({"colour", any(2) == 0 ? "red" : "blue"});
      if (any(3) == 0) terms.push_back({"size", std::to_string(any(20))});
      transaction.put(scope, id, noise(static_cast<int>(any(1000)), any(40) == 0 ? any(20'000) : any(400)), terms);
    }
    if (any(15) == 0) transaction.erase_tree("a/b");
    Transaction same = transaction;
    ASSERT_TRUE(opened.commit(std::move(transaction)));
    ASSERT_TRUE(run(opened.io, memory->commit(std::move(same))));
    if (any(2) == 0) run(opened.io, opened.store->settle());
    for (const bool oldest_first : {false, true}) {
      ListQuery query{.scope = any(3) == 0 ? "a/b" : "a", .oldest_first = oldest_first, .limit = 1 + any(600)};
      both(query);
      query.after = id_of(static_cast<int>(any(500)));
      both(query);
      query.until = id_of(static_cast<int>(any(500)));
      both(query);
      query.term = any(2) == 0 ? Term{"colour", "red"} : Term{"size", std::to_string(any(20))};
      both(query);
      query.after.clear();
      both(query);
    }
    for (int i = 0; i < 20; ++i) {
      const std::string id = id_of(static_cast<int>(any(500)));
      const auto here = run(opened.io, opened.store->get("a", id));
      const auto there = run(opened.io, memory->get("a", id));
      ASSERT_EQ(here != nullptr, there != nullptr) << id;
      if (here) EXPECT_EQ(here->value, there->value);
    }
    EXPECT_EQ(run(opened.io, opened.store->scopes_below("")), run(opened.io, memory->scopes_below("")));
  }
}

TEST(SqliteStore, WhatIsPlacedButNotSyncedIsStillInTheLog) {
  const TestFolder folder;
  const TestFolder copy;
  Opened opened(folder.path());
  std::uint64_t row = 0;
  constexpr int kCount = 2500;
  for (int i = 1; i <= kCount; ++i) {
    row = opened.commit(numbered(i, row, 4000)).value().rows[0].id;
    if (i % 500 == 0) run(opened.io, opened.store->settle());
  }
  // What a loss of power may leave: the log, which was synced, and the database without what its WAL has.
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    const auto name = file.path().filename().string();
    if (name.starts_with("log.") || name == "dialtone.db") std::filesystem::copy(file.path(), copy.path() + "/" + name);
  }
  Opened again(copy.path());
  EXPECT_EQ(check_numbered(again, kCount), kCount);
}

TEST(SqliteStore, TakesTheLogOfAnEarlierVersion) {
  const TestFolder folder;
  {
    const Opened opened(folder.path());
  }
  // As they were written: segment header, then frames that are not packed.
  std::string payload;
  Encoder out(payload);
  Transaction transaction = numbered(1);
  transaction.rows[0].id = 1;
  out.number(1);
  out.number(1);
  std::string changes;
  Encoder changed(changes);
  encode_changes(changed, transaction);
  out.text(changes);
  payload += transaction.entries;
  const auto number = [](std::uint64_t value) {
    std::string bytes(sizeof(value), '\0');
    std::memcpy(bytes.data(), &value, sizeof(value));
    return bytes;
  };
  constexpr std::uint64_t kMagic = 0x31676f6c656e6f74;
  const std::string header = number(kMagic) + number(7) + number(1);
  const std::string frame = number(payload.size()) + number(1) + number(WriteLog::checksum(7, 1, payload)) + payload;
  std::ofstream(folder.path() + "/log.1", std::ios::binary)
      << header << number(WriteLog::checksum(7, kMagic, header)) << frame;
  Opened again(folder.path());
  EXPECT_EQ(check_numbered(again, 1), 1);
}

TEST(SqliteStore, KeepsWhatTheSecondVersionHad) {
  const TestFolder folder;
  const std::string path = folder.path() + "/dialtone.db";
  std::string entries;
  Encoder out(entries);
  encode(out, entry("first"));
  encode(out, entry("second"));
  {
    Database database(path, Database::Role::kPlace);
    ASSERT_TRUE(migrate(database, 2));
    database.execute(
        "INSERT INTO scope(number, path) VALUES(1, 's'); INSERT INTO record(scope, id, terms, value) VALUES"
        "(1, 'b', x'00', 'two'), (1, 'a', x'01036d6f640131', 'one'); UPDATE state SET last_position = 2;"
        "INSERT INTO term(scope, field, value, id) VALUES(1, 'mod', '1', 'a');"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
        "INSERT INTO record(scope, id, terms, value) SELECT 1, printf('c%05d', i), x'00', hex(randomblob(20)) FROM n");
    Statement(database, "INSERT INTO journal(first_position, last_position, entries) VALUES(1, 2, ?1)")
        .execute(Blob{entries});
  }
  Opened opened(folder.path());
  EXPECT_EQ(opened.get("a"), "one");
  EXPECT_EQ(opened.get("b"), "two");
  EXPECT_EQ(opened.get("c02500").size(), 40U);
  EXPECT_EQ(run(opened.io, opened.store->list({.scope = "s", .limit = 10'000})).size(), 5002U);
  const auto with_term = run(opened.io, opened.store->list({.scope = "s", .term = Term{"mod", "1"}}));
  ASSERT_EQ(with_term.size(), 1U);
  EXPECT_EQ(with_term[0]->id, "a");
  const auto found = run(opened.io, opened.store->journal(0, 10));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].kind, "second");
}

TEST(SqliteStore, TurnsTheSidsOfAFirstVersion) {
  const TestFolder folder;
  Database database(folder.path() + "/dialtone.db", Database::Role::kPlace);
  ASSERT_TRUE(migrate(database, 1));
  database.execute(
      "INSERT INTO record(scope, id, terms, value) VALUES"
      "(1, 'SM0123456789abcdef0123456789abcdef', '', ''), (1, 'a-name', '', '')");
  ASSERT_TRUE(migrate(database, 2));
  EXPECT_EQ(database.number("SELECT count(*) FROM record WHERE id = '0123456789abcdef0123456789abcdefSM'"), 1);
  EXPECT_EQ(database.number("SELECT count(*) FROM record WHERE id = 'a-name'"), 1);
}

}  // namespace
}  // namespace dialtone::store
