#include "functions/child.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/testing.hpp"

namespace dialtone::functions {
namespace {

ChildEnd run(ChildCommand command) {
  asio::io_context io{1};
  command.folder = std::filesystem::temp_directory_path();
  auto end = dialtone::testing::run(io, run_child(io.get_executor(), std::move(command)));
  EXPECT_TRUE(end);
  return end.value_or(ChildEnd{.status = 12345, .output = {}});
}

TEST(Child, TellsItsStatusAndWhatItWrote) {
  const auto end = run({.arguments = {"sh", "-c", "echo out; echo err >&2; exit 3"}, .environment = {}, .folder = {}});
  EXPECT_EQ(end.status, 3);
  EXPECT_EQ(end.output, "out\nerr\n");
  EXPECT_TRUE(end.in_time);
}

TEST(Child, HasTheEnvironmentItIsGivenAndNoOther) {
  ::setenv("OF_THE_PARENT", "secret", 1);
  const auto end = run({.arguments = {"/usr/bin/env"}, .environment = {"A=1"}, .folder = {}});
  EXPECT_EQ(end.output, "A=1\n");
}

TEST(Child, IsEndedWithAllItStartedWhenItsTimeIsOver) {
  const auto started = std::chrono::steady_clock::now();
  const auto end = run({.arguments = {"/bin/sh", "-c", "/bin/sleep 60 & /bin/sleep 60"},
                        .environment = {},
                        .folder = {},
                        .limit = std::chrono::milliseconds(100)});
  EXPECT_FALSE(end.in_time);
  EXPECT_EQ(end.status, -SIGKILL);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(20));
}

TEST(Child, KeepsTheEndOfALongOutput) {
  const auto end = run(
      {.arguments = {"/bin/sh", "-c", "i=0; while [ $i -lt 5000 ]; do echo 0123456789; i=$((i+1)); done; echo last"},
       .environment = {},
       .folder = {}});
  EXPECT_LE(end.output.size(), kChildOutputMax);
  EXPECT_TRUE(end.output.ends_with("last\n"));
}

TEST(Child, ThatIsNoProgramIsAnError) {
  asio::io_context io{1};
  const auto end = dialtone::testing::run(
      io, run_child(io.get_executor(), {.arguments = {"/nowhere/program"}, .environment = {}, .folder = "/"}));
  // setpriv is there and says that the program is not.
  EXPECT_TRUE(!end || end->status == 127);
}

}  // namespace
}  // namespace dialtone::functions
