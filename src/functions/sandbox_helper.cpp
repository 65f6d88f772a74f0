#include "functions/sandbox_helper.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "functions/sandbox_command.hpp"
#include "functions/sandbox_processes.hpp"
#include "functions/sandbox_syscalls.hpp"
#include "functions/sandbox_wire.hpp"

namespace dialtone::functions {
namespace {

namespace fs = std::filesystem;

using wire::Head;
using wire::Kind;
using wire::Reason;

constexpr int kInfoFd = 4;
constexpr int kSeccompFd = 5;
constexpr uid_t kUserBase = 64'200;  ///< as root, each worker is a user of its own, so that its processes are counted
constexpr uid_t kUsers = 700;
constexpr rlim_t kProcessesMax = 64;  ///< threads count
constexpr rlim_t kOpenFilesMax = 512;
constexpr rlim_t kDataBytesMax = rlim_t{1} << 30;  ///< one process: what it may touch before its memory is looked at
constexpr auto kMemoryInterval = std::chrono::milliseconds(250);
/// Where the files of a sandbox are shown to a user who could not reach them; only the helper sees it.
constexpr const char* kStage = "/sys";

struct Child {
  pid_t pid = -1;    ///< of bubblewrap, or of Node itself
  int info = -1;     ///< what bubblewrap says, until it is read
  pid_t first = -1;  ///< process 1 of the sandbox
  bool bound = false;
  Reason reason = Reason::kNone;
};

bool set_limit(pid_t pid, __rlimit_resource resource, rlim_t value) {
  const rlimit limit{.rlim_cur = value, .rlim_max = value};
  return ::prlimit(pid, resource, &limit, nullptr) == 0;
}

/// A pipe that holds the filter, for bubblewrap to read.
int filter_fd() {
  const auto filter = system_call_filter();
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return -1;
  const auto size = filter.size() * sizeof(sock_filter);
  const bool whole = ::write(ends[1], filter.data(), size) == static_cast<ssize_t>(size);
  ::close(ends[1]);
  return whole ? ends[0] : -1;
}

/// A build that only root can read, after a strict umask, is of no use to the user that the worker is.
void make_readable(const std::string& folder) {
  constexpr auto kOthers = fs::perms::others_read | fs::perms::others_exec;
  std::error_code error;
  const auto status = fs::status(folder, error);
  if (error || (status.permissions() & kOthers) == kOthers) return;
  fs::permissions(folder, kOthers, fs::perm_options::add, error);
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->is_symlink(error)) continue;
    const bool is_folder = at->is_directory(error);
    fs::permissions(at->path(), is_folder ? kOthers : fs::perms::others_read, fs::perm_options::add, error);
  }
}

class Helper {
 public:
  explicit Helper(SandboxSettings settings) : settings_(std::move(settings)) {}

  [[noreturn]] void run() {
    ::prctl(PR_SET_NAME, "dt-sandboxes");
    ::signal(SIGINT, SIG_IGN);  // a Ctrl-C in the terminal is the program's to handle
    ::signal(SIGPIPE, SIG_IGN);
    if (::geteuid() == 0 && settings_.sandboxed) stage();
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    const int signal_fd = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    auto look_at_memory = std::chrono::steady_clock::now() + kMemoryInterval;
    while (true) {
      std::array<pollfd, 2> fds{pollfd{.fd = wire::kControlFd, .events = POLLIN, .revents = 0},
                                pollfd{.fd = signal_fd, .events = POLLIN, .revents = 0}};
      ::poll(fds.data(), fds.size(), anything_bound() ? static_cast<int>(kMemoryInterval.count()) : -1);
      if (fds[1].revents != 0) reap(signal_fd);
      if (fds[0].revents != 0 && !serve()) break;
      if (const auto now = std::chrono::steady_clock::now(); now >= look_at_memory) {
        look_at_memory = now + kMemoryInterval;
        watch_memory();
      }
    }
    for (const auto& [id, child] : children_) end(child);
    ::_exit(0);
  }

 private:
  /// As root: shows the files of the sandboxes where every user can reach them, in a mount namespace of our own.
  void stage() {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0 ||
        ::mount("tmpfs", kStage, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m") != 0) {
      return;
    }
    const auto show = [](std::string& path, const char* name) {
      if (path.empty()) return;
      struct stat info{};
      if (::stat(path.c_str(), &info) != 0) return;
      const std::string there = fmt::format("{}/{}", kStage, name);
      if (S_ISDIR(info.st_mode)) {
        ::mkdir(there.c_str(), 0755);
      } else {
        ::close(::open(there.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
      }
      if (::mount(path.c_str(), there.c_str(), nullptr, MS_BIND, nullptr) == 0) path = there;
    };
    show(settings_.node, "node");
    show(settings_.runtime, "worker");
    show(settings_.modules, "modules");
    show(settings_.ca_file, "ca.pem");
  }

  [[nodiscard]] bool anything_bound() const {
    for (const auto& [id, child] : children_) {
      if (child.bound) return true;
    }
    return false;
  }

  void tell(Kind kind, std::uint32_t id, int value, Reason reason = Reason::kNone) {
    const Head head{.kind = kind, .id = id, .value = value, .reason = reason};
    while (::send(wire::kControlFd, &head, sizeof head, MSG_NOSIGNAL) < 0 && errno == EINTR) {
    }
  }

  /// Does what one message asks. False when the program has gone.
  bool serve() {
    std::array<char, wire::kMessageBytesMax> buffer;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control;
    iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto size = ::recvmsg(wire::kControlFd, &message, MSG_CMSG_CLOEXEC);
    if (size < 0) return errno == EINTR || errno == EAGAIN;
    if (size < static_cast<ssize_t>(sizeof(Head))) return false;
    Head head;
    std::memcpy(&head, buffer.data(), sizeof head);
    int fd = -1;
    if (const auto* given = CMSG_FIRSTHDR(&message); given != nullptr && given->cmsg_type == SCM_RIGHTS) {
      std::memcpy(&fd, CMSG_DATA(given), sizeof fd);
    }
    switch (head.kind) {
      case Kind::kSpawn:
      case Kind::kProbe:
        spawn(head.id, fd, head.kind);
        break;
      case Kind::kBind:
        bind(head.id, std::string(buffer.data() + sizeof head, static_cast<std::size_t>(size) - sizeof head));
        break;
      case Kind::kKill:
        if (const auto found = children_.find(head.id); found != children_.end()) {
          found->second.reason = Reason::kKilled;
          end(found->second);
        }
        break;
      case Kind::kBound:
      case Kind::kExited:
        break;
    }
    if (fd >= 0) ::close(fd);
    return true;
  }

  void spawn(std::uint32_t id, int socket, Kind kind) {
    std::array<int, 2> info{-1, -1};
    const int filter = filter_fd();
    const uid_t user = free_user();
    if (filter < 0 || ::pipe2(info.data(), O_CLOEXEC) != 0) return tell(Kind::kExited, id, errno);
    const SandboxFds fds{.info = kInfoFd, .seccomp = kSeccompFd};
    const auto command = kind == Kind::kProbe ? probe_command(settings_, fds) : worker_command(settings_, fds);
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) start(arguments, user, {socket, info[1], filter}, kind);
    ::close(info[1]);
    ::close(filter);
    if (pid < 0) {
      ::close(info[0]);
      return tell(Kind::kExited, id, errno);
    }
    children_[id] = {.pid = pid, .info = info[0]};
    users_[id] = user;
  }

  /// In the child: becomes the worker.
  [[noreturn]] void start(const std::vector<char*>& arguments, uid_t user, std::array<int, 3> fds, Kind kind) const {
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGPIPE, SIG_DFL);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setsid();
    // Out of the way of the numbers they will have.
    for (int& fd : fds) fd = ::fcntl(fd, F_DUPFD_CLOEXEC, 20);
    const int nothing = ::fcntl(::open("/dev/null", O_RDWR | O_CLOEXEC), F_DUPFD_CLOEXEC, 20);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(nothing, STDOUT_FILENO);
    // What bubblewrap has to say against the machine is for a person; what Node says of a crash, for who looks for it.
    if (kind != Kind::kProbe && std::getenv("DIALTONE_FUNCTIONS_STDERR") == nullptr) ::dup2(nothing, STDERR_FILENO);
    ::dup2(fds[0] >= 0 ? fds[0] : nothing, wire::kWorkerFd);
    ::dup2(fds[1], kInfoFd);
    ::dup2(fds[2], kSeccompFd);
    ::syscall(SYS_close_range, kSeccompFd + 1, ~0U, 0);
    if (!settings_.sandboxed) ::syscall(SYS_close_range, kInfoFd, ~0U, 0);
    set_limit(0, RLIMIT_CORE, 0);
    set_limit(0, RLIMIT_NOFILE, kOpenFilesMax);
    set_limit(0, RLIMIT_MSGQUEUE, 0);
    if (settings_.sandboxed) set_limit(0, RLIMIT_DATA, kDataBytesMax);
    // A user with no other processes.
    if (settings_.sandboxed && ::geteuid() == 0) set_limit(0, RLIMIT_NPROC, kProcessesMax);
    if (settings_.sandboxed && ::geteuid() == 0 &&
        (::setgroups(0, nullptr) != 0 || ::setresgid(user, user, user) != 0 || ::setresuid(user, user, user) != 0)) {
      ::_exit(126);
    }
    ::execvp(arguments.front(), arguments.data());
    ::_exit(127);
  }

  [[nodiscard]] uid_t free_user() {
    std::set<uid_t> taken;
    for (const auto& [id, user] : users_) taken.insert(user);
    while (taken.contains(kUserBase + next_user_ % kUsers)) ++next_user_;
    return kUserBase + next_user_++ % kUsers;
  }

  /// The first process of the sandbox, as bubblewrap says it.
  bool find_first(Child& child) {
    if (child.first > 0) return true;
    std::array<char, 1024> text{};
    pollfd ready{.fd = child.info, .events = POLLIN, .revents = 0};
    if (child.info < 0 || ::poll(&ready, 1, 2000) <= 0) return false;
    const auto size = ::read(child.info, text.data(), text.size());
    ::close(std::exchange(child.info, -1));
    const std::string_view said(text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    constexpr std::string_view kName = "\"child-pid\":";
    const auto at = said.find(kName);
    if (at == std::string_view::npos) return false;
    const auto digits = std::min(said.find_first_of("0123456789", at), said.size());
    std::from_chars(said.data() + digits, said.data() + said.size(), child.first);
    return child.first > 0;
  }

  void bind(std::uint32_t id, const std::string& folder) {
    const auto found = children_.find(id);
    if (found == children_.end()) return tell(Kind::kBound, id, ESRCH);
    auto& child = found->second;
    if (!settings_.sandboxed) {
      child.first = child.pid;
      child.bound = true;
      return tell(Kind::kBound, id, 0);
    }
    if (!find_first(child)) return tell(Kind::kBound, id, ESRCH);
    // From here on it runs what somebody else wrote.
    if (::geteuid() != 0) {
      // Only now: outside of the sandbox the processes of our own user count.
      for (const pid_t process : children_of(child.first)) {
        if (!set_limit(process, RLIMIT_NPROC, kProcessesMax)) return tell(Kind::kBound, id, errno);
      }
    }
    const pid_t pid = ::fork();
    if (pid == 0) {
      if (::geteuid() == 0) make_readable(folder);
      const int mount_ns = ::open(fmt::format("/proc/{}/ns/mnt", child.first).c_str(), O_RDONLY | O_CLOEXEC);
      if (mount_ns < 0) ::_exit(errno);
      ::_exit(mount_into(mount_ns, folder.c_str(), kBuildFolder, {"/tmp", "/dev/shm"}));
    }
    int status = 0;
    if (pid < 0 || ::waitpid(pid, &status, 0) != pid) return tell(Kind::kBound, id, errno);
    child.bound = status == 0;
    tell(Kind::kBound, id, WIFEXITED(status) ? WEXITSTATUS(status) : EINTR);
  }

  void end(const Child& child) const {
    // The whole group: bubblewrap's second process does not end with the first while it waits to be given its user, and
    // without a sandbox what the worker started is there, mostly.
    ::kill(-child.pid, SIGKILL);
    ::kill(child.pid, SIGKILL);
  }

  void reap(int signal_fd) {
    std::array<signalfd_siginfo, 16> heard;
    while (::read(signal_fd, heard.data(), sizeof heard) > 0) {
    }
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      for (auto at = children_.begin(); at != children_.end(); ++at) {
        if (at->second.pid != pid) continue;
        if (at->second.info >= 0) ::close(at->second.info);
        tell(Kind::kExited, at->first, status, at->second.reason);
        users_.erase(at->first);
        children_.erase(at);
        break;
      }
    }
  }

  void watch_memory() {
    for (auto& [id, child] : children_) {
      if (!child.bound || child.reason != Reason::kNone) continue;
      if (memory_of_family(child.first) <= settings_.memory_bytes_max) continue;
      child.reason = Reason::kMemory;
      end(child);
    }
  }

  SandboxSettings settings_;
  std::map<std::uint32_t, Child> children_;
  std::map<std::uint32_t, uid_t> users_;
  uid_t next_user_ = 0;
};

}  // namespace

std::vector<std::string> helper_arguments(const SandboxSettings& settings) {
  return {std::string(kHelperWord),
          settings.node,
          settings.runtime,
          settings.modules,
          settings.ca_file,
          settings.told,
          settings.sandboxed ? "sandboxed" : "open",
          settings.network ? "network" : "none",
          std::to_string(settings.memory_bytes_max),
          std::to_string(settings.temporary_bytes_max)};
}

void run_helper_if_asked(int argc, char** argv) {
  if (argc != 11 || argv[1] != kHelperWord) return;
  Helper({.node = argv[2],
          .runtime = argv[3],
          .modules = argv[4],
          .ca_file = argv[5],
          .told = argv[6],
          .sandboxed = argv[7] == std::string_view("sandboxed"),
          .network = argv[8] == std::string_view("network"),
          .memory_bytes_max = std::strtoull(argv[9], nullptr, 10),
          .temporary_bytes_max = std::strtoull(argv[10], nullptr, 10)})
      .run();
}

}  // namespace dialtone::functions
