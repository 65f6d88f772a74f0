#include "base/loop.hpp"

#include <chrono>
#include <ctime>
#include <thread>

#include <gtest/gtest.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace dialtone {
namespace {

TEST(Loop, DoesWhatOthersHandInWhetherItWasSaidOrNot) {
  for (const bool soon : {true, false}) {
    boost::asio::io_context io(1);
    const auto work = boost::asio::make_work_guard(io);
    int done = 0;
    std::thread other([&] {
      for (int i = 0; i < 1000; ++i) {
        boost::asio::post(io, [&] {
          if (++done == 1000) io.stop();
        });
      }
    });
    run_loop(io, [&] { return soon; });
    other.join();
    EXPECT_EQ(done, 1000);
  }
}

TEST(Loop, EndsWithItsWork) {
  boost::asio::io_context io(1);
  bool done = false;
  boost::asio::post(io, [&] { done = true; });
  run_loop(io, [] { return true; });
  EXPECT_TRUE(done);
  EXPECT_TRUE(io.stopped());
}

TEST(Loop, SleepsWhenWhatWasSaidDoesNotCome) {
  boost::asio::io_context io(1);
  const auto work = boost::asio::make_work_guard(io);
  boost::asio::steady_timer timer(io, std::chrono::milliseconds(50));
  timer.async_wait([&](const boost::system::error_code&) { io.stop(); });
  const auto cpu = [] {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
  };
  const auto before = cpu();
  run_loop(io, [] { return true; });
  EXPECT_LT(cpu() - before, std::chrono::milliseconds(25)) << "it looked all the time";
}

}  // namespace
}  // namespace dialtone
