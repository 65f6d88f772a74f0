// What functions try, and do not get; what they break, and who notices.

#include <sys/prctl.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include <gtest/gtest.h>

#include "functions/sandbox_processes.hpp"
#include "functions/sandboxes.hpp"
#include "functions/testing.hpp"

namespace dialtone::functions {
namespace {

using namespace std::chrono_literals;
using testing::header;
using testing::World;

/// A handler that answers what `expression` gives, or the error it throws.
std::string tries(std::string_view expression) {
  return fmt::format(R"(const fs = require('fs');
    const child = require('child_process');
    exports.handler = async (context, event, callback) => {{
      try {{ callback(null, JSON.stringify(await ({})) ?? 'undefined'); }}
      catch (error) {{ callback(null, 'error: ' + (error.code ?? error.message)); }}
    }};)",
                     expression);
}

/// The processes below `pid` and what the system says each is at.
std::string descendants(pid_t pid) {
  std::string out;
  for (const pid_t child : children_of(pid)) {
    std::ifstream command(fmt::format("/proc/{}/cmdline", child));
    std::ifstream status(fmt::format("/proc/{}/status", child));
    std::ifstream waits(fmt::format("/proc/{}/wchan", child));
    const auto all = [](std::ifstream& in) { return std::string(std::istreambuf_iterator<char>(in), {}); };
    auto words = all(command);
    std::ranges::replace(words, '\0', ' ');
    out += fmt::format("\n{} {} {}\n{}{}", child, words, all(waits), all(status), descendants(child));
  }
  return out;
}

#define DT_NEEDS_SANDBOX(world) \
  if (!(world).sandboxed()) GTEST_SKIP() << "this machine makes no sandboxes"

TEST(Isolation, AFunctionSeesItsBuildAndNothingElse) {
  World world;
  DT_NEEDS_SANDBOX(world);
  const std::string other = world.folder + "/other/handlers";
  std::filesystem::create_directories(other);
  std::ofstream(other + "/ZN.js") << "secret";
  std::ofstream(world.folder + "/dialtone.db") << "secret";
  const auto attempts = std::to_array<std::pair<std::string, std::string>>({
      {"/other", fmt::format("fs.readFileSync('{}/ZN.js', 'utf8')", other)},
      {"/database", fmt::format("fs.readFileSync('{}/dialtone.db', 'utf8')", world.folder)},
      {"/up", "fs.readdirSync('/build/../..')"},
      {"/root", "fs.readdirSync('/')"},
      {"/home", "fs.readdirSync('/root')"},
      {"/passwd", "fs.readFileSync('/etc/passwd', 'utf8')"},
      {"/processes", "fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).length"},
      {"/server", fmt::format("fs.readFileSync('/proc/{}/environ', 'utf8')", ::getpid())},
      {"/parent", "fs.readFileSync('/proc/1/root/etc/shadow', 'utf8')"},
      {"/kill", fmt::format("process.kill({}, 0)", ::getpid())},
      {"/write", "fs.writeFileSync('/build/handlers/x.js', 'x')"},
      {"/runtime", "fs.writeFileSync('/runtime/worker/x', 'x')"},
      {"/device", "fs.writeFileSync('/dev/x', 'x')"},
      {"/slash", "fs.writeFileSync('/x', 'x')"},
      {"/shell", "child.execFileSync('/bin/sh', ['-c', 'id']).toString()"},
      {"/own", "(fs.writeFileSync('/tmp/own', '\\x7fELF', { mode: 0o755 }), child.execFileSync('/tmp/own'))"},
      {"/descriptors",
       "fs.readdirSync('/proc/self/fd').map((fd) => { try { return fs.readlinkSync('/proc/self/fd/' + fd); } "
       "catch { return ''; } }).filter((name) => name.startsWith('/') && !name.startsWith('/dev/'))"},
      {"/user", "[process.getuid(), process.getgid(), require('os').hostname()]"},
      {"/capabilities", "fs.readFileSync('/proc/self/status', 'utf8').match(/CapEff:\\s*(\\w+)/)[1]"},
      {"/limits",
       "fs.readFileSync('/proc/self/limits', 'utf8').match(/Max (processes|data size|open files|core file size) "
       "+(\\w+)/g)"
       ".map((line) => line.replace(/ +/g, ' '))"},
      {"/temporary", "(fs.writeFileSync('/tmp/x', 'mine'), fs.readFileSync('/tmp/x', 'utf8'))"},
  });
  for (const auto& [path, expression] : attempts) world.function(path, tries(expression));
  world.deploy();
  const auto result = [&](std::string path) { return world.get(std::move(path)).body; };
  EXPECT_EQ(result("/other"), "error: ENOENT");
  EXPECT_EQ(result("/database"), "error: ENOENT");
  EXPECT_EQ(result("/up"), result("/root"));
  const auto root = json::parse(result("/root")).as_array();
  for (const auto& name : root) {
    EXPECT_TRUE((std::set<std::string>{"build", "dev", "etc", "lib", "lib32", "lib64", "node_modules", "proc",
                                       "runtime", "tmp", "usr"}
                     .contains(std::string(name.as_string()))))
        << name;
  }
  EXPECT_EQ(result("/home"), "error: ENOENT");
  EXPECT_EQ(result("/passwd"), "error: ENOENT");
  EXPECT_LE(std::stoi(result("/processes")), 2);
  EXPECT_EQ(result("/server"), "error: ENOENT");
  EXPECT_TRUE(result("/parent").starts_with("error: E")) << result("/parent");
  EXPECT_EQ(result("/kill"), "error: ESRCH");
  EXPECT_EQ(result("/write"), "error: EROFS");
  EXPECT_EQ(result("/runtime"), "error: EROFS");
  EXPECT_EQ(result("/device"), "error: EROFS");
  EXPECT_EQ(result("/slash"), "error: EROFS");
  EXPECT_EQ(result("/shell"), "error: ENOENT");
  EXPECT_EQ(result("/own"), "error: EACCES");
  EXPECT_EQ(result("/descriptors"), "[]");
  EXPECT_EQ(result("/user"), R"([65534,65534,"function"])");
  EXPECT_EQ(result("/capabilities"), R"("0000000000000000")");
  EXPECT_EQ(result("/limits"),
            R"(["Max data size 1073741824","Max core file size 0","Max processes 64","Max open files 512"])");
  EXPECT_EQ(result("/temporary"), R"("mine")");
}

TEST(Isolation, TwoEnvironmentsDoNotSeeEachOther) {
  World world;
  DT_NEEDS_SANDBOX(world);
  world.function("/leave",
                 tries("(fs.writeFileSync('/tmp/left', 'secret'), global.left = 'secret', process.env.SECRET)"));
  world.function("/look", tries("[fs.existsSync('/tmp/left'), global.left ?? null, process.env.SECRET ?? null]"));
  world.variable("SECRET", "x");
  world.deploy();
  EXPECT_EQ(world.get("/leave").body, R"("x")");
  EXPECT_EQ(world.get("/look").body, R"([true,"secret","x"])");
  world.environment_sid = world.services.sids.make("ZE");
  world.variables.clear();
  world.deploy();
  EXPECT_EQ(world.get("/look").body, "[false,null,null]");
}

TEST(Isolation, TheDiskCannotBeFilled) {
  World world;
  DT_NEEDS_SANDBOX(world);
  world.function("/fill", R"(const fs = require('fs');
    exports.handler = (context, event, callback) => {
      let written = 0;
      const piece = Buffer.alloc(1 << 20);
      try { for (;;) { fs.appendFileSync(event.path, piece); written += piece.length; } }
      catch (error) { fs.rmSync(event.path, { force: true }); callback(null, { code: error.code, written }); }
    };)");
  world.deploy();
  const auto temporary = json::parse(world.get("/fill?path=/tmp/x").body);
  EXPECT_EQ(temporary.at("code"), "ENOSPC");
  EXPECT_LE(temporary.at("written").as_int64(), 64 << 20);
  EXPECT_EQ(json::parse(world.get("/fill?path=/dev/shm/x").body).at("code"), "ENOSPC");
}

TEST(Isolation, AForkBombHasFewPieces) {
  World world;
  DT_NEEDS_SANDBOX(world);
  world.function("/bomb", R"(const child = require('child_process');
    exports.handler = (context, event, callback) => {
      let started = 0;
      let failed = 0;
      for (let i = 0; i < 200; ++i) {
        const each = child.spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
        each.on('error', () => { ++failed; });
        each.on('spawn', () => { ++started; });
        each.on('exit', () => { ++failed; });
      }
      setTimeout(() => callback(null, { failed }), 300);
    };)");
  world.function("/hello", "exports.handler = (context, event, callback) => callback(null, 'hello');");
  world.deploy();
  const auto answer = world.get("/bomb");
  // It may not even live to answer, for each piece needs memory.
  if (answer.status == 200) EXPECT_GT(json::parse(answer.body).at("failed").as_int64(), 100);
  world.until([&] { return world.get("/hello").body == "hello"; });
}

TEST(Isolation, MemoryHasALimit) {
  World world;
  DT_NEEDS_SANDBOX(world);
  world.function("/buffers", R"(exports.handler = (context, event, callback) => {
    const all = [];
    setInterval(() => all.push(Buffer.alloc(16 << 20, 1)), 5);
  };)");
  world.function("/heap", R"(exports.handler = () => {
    const all = [];
    for (;;) all.push({ text: 'x'.repeat(1000) + all.length, more: new Array(1000).fill(all.length) });
  };)");
  world.function("/children", R"(const child = require('child_process');
    exports.handler = () => {
      for (let i = 0; i < 3; ++i) {
        child.spawn(process.execPath, ['-e', 'const all = []; setInterval(() => all.push(Buffer.alloc(4 << 20, 1)), 5)'], { stdio: 'ignore' });
      }
    };)");
  world.function("/hello", "exports.handler = (context, event, callback) => callback(null, 'hello');");
  world.deploy();
  for (const std::string path : {"/buffers", "/heap", "/children"}) {
    const auto answer = world.get(path);
    EXPECT_EQ(answer.status, 500) << path;
    EXPECT_TRUE(answer.body.contains("memory")) << path << ": " << answer.body;
    EXPECT_EQ(world.get("/hello").body, "hello");
  }
  ASSERT_FALSE(world.lines().empty());
  EXPECT_EQ(world.lines().front().level, LogLine::Level::kError);
}

TEST(Isolation, ACrashIsAnsweredAndThePlaceTaken) {
  World world;
  world.function("/exit", "exports.handler = () => process.exit(3);");
  world.function("/kill", "exports.handler = () => process.kill(process.pid, 'SIGKILL');");
  world.function("/later", "exports.handler = () => { setTimeout(() => { throw new Error('later'); }, 5); };");
  world.function("/hello", "exports.handler = (context, event, callback) => callback(null, 'hello');");
  world.deploy();
  for (const std::string path : {"/exit", "/kill"}) {
    EXPECT_EQ(world.get(path).status, 500) << path;
    EXPECT_EQ(world.get("/hello").body, "hello");
  }
  const auto later = world.get("/later");
  EXPECT_EQ(later.status, 500);
  EXPECT_EQ(json::parse(later.body).at("message"), "later");
  EXPECT_EQ(world.alert_codes(), (std::vector<int>{82002, 82002, 82002}));
}

TEST(Isolation, OnlyTheRequestsOfABlockedWorkerFail) {
  World world({.execution = 1200ms, .blocked = 1400ms, .unheard = 60ms});
  world.function("/loop", "exports.handler = () => { for (;;); };");
  world.function("/slow",
                 "exports.handler = (context, event, callback) => setTimeout(() => callback(null, 'slow'), 300);");
  world.function("/never", "exports.handler = () => {};");
  world.function("/hello", "exports.handler = (context, event, callback) => callback(null, 'hello');");
  world.deploy();
  EXPECT_EQ(world.get("/hello").body, "hello");
  std::map<std::string, net::Response> answers;
  const auto ask = [&](std::string name, std::string target) {
    spawn(world.io.get_executor(), "ask", [](World& in, std::string as, std::string where, auto& out) -> Task<> {
      out[as] = co_await in.ask({.target = where});
    }(world, std::move(name), std::move(target), answers));
  };
  ask("loop", "/loop");
  world.until([&] {
    ask("hello", "/hello");
    world.io.run_for(70ms);
    return answers.contains("hello") && answers["hello"].status == 200;
  });
  EXPECT_EQ(answers["hello"].body, "hello");
  world.until([&] { return answers.contains("loop"); });
  EXPECT_EQ(answers["loop"].status, 504);
  ask("never", "/never");
  ask("slow", "/slow");
  world.until([&] { return answers.contains("never") && answers.contains("slow"); });
  EXPECT_EQ(answers["slow"].body, "slow");
  EXPECT_EQ(answers["never"].status, 504);
  const auto lines = world.lines();
  ASSERT_GE(lines.size(), 2U);
  EXPECT_TRUE(lines.back().message.starts_with("runtime application timed out after 1")) << lines.back().message;
}

TEST(Isolation, IdleEnvironmentsHaveNoWorkerAndAnotherOneWaits) {
  World world({.idle = 200ms});
  world.function("/hello", "exports.handler = (context, event, callback) => callback(null, 'hello');");
  world.deploy();
  world.until([&] { return world.gateway.counts().waiting == 1; });
  EXPECT_EQ(world.gateway.counts().running, 0U);
  EXPECT_EQ(world.get("/hello").body, "hello");
  EXPECT_EQ(world.gateway.counts().running, 1U);
  world.until([&] { return world.gateway.counts().running == 0 && world.gateway.counts().waiting == 1; });
  EXPECT_EQ(world.get("/hello").body, "hello");
}

TEST(Isolation, ADeploymentTakesOverWithoutAFailure) {
  World world;
  const auto build = [&](int number) {
    if (number > 0) world.next_build();
    world.function(
        "/build",
        fmt::format("exports.handler = (context, event, callback) => setTimeout(() => callback(null, '{}'), 30);",
                    number));
    world.deploy();
  };
  build(0);
  constexpr int kBuilds = 4;
  int asked = 0;
  int answered = 0;
  for (int number = 0; number < kBuilds; ++number) {
    if (number > 0) build(number);
    for (int i = 0; i < 5; ++i) {
      ++asked;
      spawn(world.io.get_executor(), "ask", [](World& in, int wanted, int& done) -> Task<> {
        const auto answer = co_await in.ask({.target = "/build"});
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, std::to_string(wanted));
        ++done;
      }(world, number, answered));
    }
    // All of them are on their way before the next deployment.
    world.io.restart();
    world.io.poll();
  }
  world.until([&] { return answered == asked; });
  world.until([&] { return world.gateway.counts().running == 1; });
}

TEST(Isolation, ThirtyAtOnceAreTheMost) {
  World world;
  world.function("/slow",
                 "exports.handler = (context, event, callback) => setTimeout(() => callback(null, 'slow'), 50);");
  world.deploy();
  std::map<int, int> statuses;
  int answered = 0;
  for (int i = 0; i < 40; ++i) {
    spawn(world.io.get_executor(), "ask", [](World& in, auto& counts, int& done) -> Task<> {
      const auto answer = co_await in.ask({.target = "/slow"});
      ++counts[answer.status];
      ++done;
    }(world, statuses, answered));
  }
  world.until([&] { return answered == 40; });
  EXPECT_EQ(statuses, (std::map<int, int>{{200, 30}, {429, 10}}));
}

TEST(Isolation, AWorkerThatTalksNonsenseIsEnded) {
  World world;
  world.function("/huge", "exports.handler = () => require('fs').writeSync(3, Buffer.from([255, 255, 255, 255, 1]));");
  world.function("/kind", "exports.handler = () => require('fs').writeSync(3, Buffer.from([1, 0, 0, 0, 1]));");
  world.function("/close", "exports.handler = () => require('fs').closeSync(3);");
  world.function("/hello", "exports.handler = (context, event, callback) => callback(null, 'hello');");
  world.deploy();
  for (const std::string path : {"/huge", "/kind", "/close"}) {
    EXPECT_EQ(world.get(path).status, 500) << path;
    EXPECT_EQ(world.get("/hello").body, "hello");
  }
}

TEST(Isolation, NothingStaysOfAWorkerThatIsEndedWhileItBegins) {
  {
    World world;
    DT_NEEDS_SANDBOX(world);
  }
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);  // what is left behind becomes ours
  sigset_t child_ends;
  sigemptyset(&child_ends);
  sigaddset(&child_ends, SIGCHLD);
  ::pthread_sigmask(SIG_BLOCK, &child_ends, nullptr);
  asio::io_context io;
  Sandboxes sandboxes(io.get_executor(), find_runtime().value());
  for (int round = 0; round < 150; ++round) {
    const auto spawned = sandboxes.spawn();
    ASSERT_TRUE(spawned);
    std::this_thread::sleep_for(std::chrono::microseconds(round * 100));  // another moment of its beginning each time
    ::close(spawned->socket);
    sandboxes.restart();
    io.poll();
  }
  pid_t ended = 0;
  const timespec limit{.tv_sec = 10, .tv_nsec = 0};
  while ((ended = ::waitpid(-1, nullptr, WNOHANG)) >= 0) {
    if (ended == 0 && ::sigtimedwait(&child_ends, nullptr, &limit) < 0) break;
  }
  ::pthread_sigmask(SIG_UNBLOCK, &child_ends, nullptr);
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
  EXPECT_EQ(ended, -1) << "goes on: " << descendants(::getpid());
}

}  // namespace
}  // namespace dialtone::functions
