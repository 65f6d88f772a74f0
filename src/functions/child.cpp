#include "functions/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

namespace dialtone::functions {
namespace {

using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

/// The process and all it started; when nobody waits for it any more, they are ended.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    if (pid_ <= 0) return;
    kill();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void kill() const { ::kill(-pid_, SIGKILL); }
  /// Its exit status, or minus the signal. It has ended.
  int reap() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    ::kill(-pid_, SIGKILL);  // what it left behind
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

struct SpawnActions {
  SpawnActions() {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnActions() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& each : texts) out.push_back(const_cast<char*>(each.c_str()));
  out.push_back(nullptr);
  return out;
}

std::unexpected<Error> cannot(const std::string& program, int error) {
  return fail({errors::kInternal, fmt::format("{} cannot be started: {}", program, std::strerror(error))});
}

}  // namespace

std::string find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const auto file = std::filesystem::path(rest.substr(0, end)) / name;
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (file.is_absolute() && ::access(file.c_str(), X_OK) == 0) return file.string();
  }
  return {};
}

Task<Result<ChildEnd>> run_child(Executor executor, ChildCommand command) {
  // A process of its own group, which the kernel ends when we are killed.
  const std::string setpriv = find_program("setpriv");
  if (!setpriv.empty()) {
    command.arguments.insert(command.arguments.begin(), {setpriv, "--pdeathsig", "KILL", "--"});
  }
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) co_return cannot(command.arguments.front(), errno);
  Descriptor output(executor, ends[0]);
  SpawnActions with;
  ::posix_spawn_file_actions_addopen(&with.files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&with.files, ends[1], 1);
  ::posix_spawn_file_actions_adddup2(&with.files, ends[1], 2);
  ::posix_spawn_file_actions_addclosefrom_np(&with.files, 3);
  ::posix_spawn_file_actions_addchdir_np(&with.files, command.folder.c_str());
  sigset_t none;
  sigemptyset(&none);
  sigset_t defaults;
  sigemptyset(&defaults);
  for (const int signal : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM}) sigaddset(&defaults, signal);
  ::posix_spawnattr_setsigmask(&with.attributes, &none);
  ::posix_spawnattr_setsigdefault(&with.attributes, &defaults);
  ::posix_spawnattr_setpgroup(&with.attributes, 0);
  ::posix_spawnattr_setflags(&with.attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const auto arguments = pointers(command.arguments);
  const auto environment = pointers(command.environment);
  pid_t pid = -1;
  const int error =
      ::posix_spawnp(&pid, arguments.front(), &with.files, &with.attributes, arguments.data(), environment.data());
  ::close(ends[1]);
  if (error != 0) co_return cannot(command.arguments.front(), error);
  Child child(pid);
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) co_return cannot(command.arguments.front(), errno);
  Descriptor ended(executor, pidfd);

  ChildEnd end;
  auto late = std::make_shared<bool>(false);
  Timer timer(executor, command.limit);
  timer.async_wait([late, pid](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    *late = true;
    ::kill(-pid, SIGKILL);
  });
  std::string buffer(4096, '\0');
  while (true) {
    const auto [problem, size] = co_await output.async_read_some(asio::buffer(buffer), asio::as_tuple(use_task));
    if (problem) break;
    end.output.append(buffer, 0, size);
    if (end.output.size() > 2 * kChildOutputMax) end.output.erase(0, end.output.size() - kChildOutputMax);
  }
  co_await ended.async_wait(Descriptor::wait_read, asio::as_tuple(use_task));
  timer.cancel();
  end.status = child.reap();
  end.in_time = !*late;
  if (end.output.size() > kChildOutputMax) end.output.erase(0, end.output.size() - kChildOutputMax);
  co_return end;
}

}  // namespace dialtone::functions
