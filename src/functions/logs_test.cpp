#include "functions/logs.hpp"

#include <gtest/gtest.h>

#include "base/testing.hpp"
#include "functions/records.hpp"
#include "functions/testing.hpp"

namespace dialtone::functions {
namespace {

constexpr std::string_view kAccount = "AC0123456789abcdef0123456789abcdef";

class LogsTest : public ::testing::Test {
 protected:
  LogsTest() {
    Deployed made;
    made.account_sid = kAccount;
    made.service_sid = sids.make("ZS");
    made.environment_sid = sids.make("ZE");
    deployed = std::make_shared<const Deployed>(std::move(made));
  }

  void write(std::size_t count, std::string text = "text", LogLine::Level level = LogLine::Level::kInfo) {
    std::vector<LogLine> lines;
    for (std::size_t i = 0; i < count; ++i) {
      lines.push_back(
          {.deployed = deployed, .function_sid = "ZH", .request_sid = "RQ", .level = level, .message = text});
    }
    dialtone::testing::run(io, keep(std::move(lines)));
  }
  Task<bool> keep(std::vector<LogLine> lines) {
    co_await logs.keep(std::move(lines));
    co_return true;
  }
  std::vector<store::RecordPtr> kept() {
    io.restart();
    io.poll();
    return dialtone::testing::run(
        io, ledger.store().list(
                {.scope = environment_scope(kAccount, deployed->service_sid, deployed->environment_sid, "Logs"),
                 .limit = 20'000}));
  }

  asio::io_context io{1};
  Clock clock{io.get_executor()};
  SidSource sids{clock};
  std::unique_ptr<store::Store> store = store::open_memory(io.get_executor());
  store::Ledger ledger{io.get_executor(), clock, *store};
  rest::Services services{io.get_executor(), clock, sids, ledger};
  testing::OneAccount accounts;
  monitor::Alerts alerts{services, accounts};
  Logs logs{services, alerts};
  DeployedPtr deployed;
};

TEST_F(LogsTest, NeverGrowWithoutLimit) {
  for (int i = 0; i < 25; ++i) write(500);
  EXPECT_LE(kept().size(), kLogsMax + 1000);
  EXPECT_GE(kept().size(), kLogsMax);
}

TEST_F(LogsTest, AreKeptForThirtyDays) {
  clock.freeze();
  write(3);
  EXPECT_EQ(kept().size(), 3U);
  clock.set(clock.now() + kLogsAge - std::chrono::hours(1));
  write(2);
  EXPECT_EQ(kept().size(), 5U);
  clock.set(clock.now() + std::chrono::hours(3));
  write(1);
  EXPECT_EQ(kept().size(), 3U);
}

TEST_F(LogsTest, ALongLineIsCutAndWhatIsNoTextIsReplaced) {
  write(1, std::string(kLogBytesMax * 2, 'a'));
  write(1, "\xff\xfe broken");
  const auto all = kept();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(text_of(stored_object(shown_text(*all[0])), "message"), "\xEF\xBF\xBD\xEF\xBF\xBD broken");
  EXPECT_LE(text_of(stored_object(shown_text(*all[1])), "message").size(), kLogBytesMax);
}

TEST_F(LogsTest, WarningsAndErrorsAreAlertsButNotAFloodOfThem) {
  write(1, "careful", LogLine::Level::kWarn);
  write(200, "broken", LogLine::Level::kError);
  const auto all =
      dialtone::testing::run(io, ledger.store().list({.scope = monitor::alert_scope(kAccount), .limit = 1000}));
  EXPECT_EQ(all.size(), 21U);
}

}  // namespace
}  // namespace dialtone::functions
