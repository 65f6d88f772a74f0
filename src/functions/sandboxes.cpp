#include "functions/sandboxes.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>

#include "base/log.hpp"
#include "functions/sandbox_wire.hpp"

namespace dialtone::functions {
namespace {

using wire::Head;
using wire::Kind;
using wire::Reason;

constexpr std::chrono::seconds kProbeLimit{10};
constexpr ErrorRow kNoWorker{82002, 503, "No process for the function could be started"};
constexpr int kNotFound = 127;  ///< exit code of a program that is not there

/// Our own program, also after its file was replaced.
constexpr const char* kSelf = "/proc/self/exe";

}  // namespace

/// The socket to one helper; outlives the Sandboxes while a read waits.
struct Sandboxes::Pipe {
  Pipe(Executor executor, int socket, pid_t process) : descriptor(executor, socket), pid(process) {}
  asio::posix::basic_stream_descriptor<Executor> descriptor;
  pid_t pid;
  Sandboxes* owner = nullptr;
};

Sandboxes::Sandboxes(Executor executor, SandboxSettings settings)
    : executor_(executor), settings_(std::move(settings)) {}

Sandboxes::~Sandboxes() { restart(); }

void Sandboxes::restart() {
  if (!pipe_) return;
  pipe_->owner = nullptr;
  boost::system::error_code ignored;
  pipe_->descriptor.close(ignored);
  // It ends when its socket closes, and takes all workers along.
  ::waitpid(pipe_->pid, nullptr, 0);
  pipe_.reset();
}

Result<> Sandboxes::ensure_helper() {
  if (pipe_) return {};
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return fail(kNoWorker);
  auto arguments = helper_arguments(settings_);
  arguments.insert(arguments.begin(), "dialtone");
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (auto& word : arguments) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // Twice, so that it works also when the end has that number already.
  posix_spawn_file_actions_adddup2(&actions, ends[1], 100);
  posix_spawn_file_actions_adddup2(&actions, 100, wire::kControlFd);
  posix_spawn_file_actions_addclosefrom_np(&actions, wire::kControlFd + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  for (const int signal : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM}) sigaddset(&defaults, signal);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, kSelf, &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    return fail({kNoWorker, fmt::format("The sandbox helper cannot be started: {}", std::strerror(error))});
  }
  pipe_ = std::make_shared<Pipe>(executor_, ends[0], pid);
  pipe_->owner = this;
  dialtone::spawn(executor_, "functions.sandboxes", listen(pipe_));
  return {};
}

bool Sandboxes::send(const void* bytes, std::size_t size, int fd) {
  if (!pipe_) return false;
  iovec part{.iov_base = const_cast<void*>(bytes), .iov_len = size};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (fd >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(head), &fd, sizeof fd);
  }
  return ::sendmsg(pipe_->descriptor.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) ==
         static_cast<ssize_t>(size);
}

Result<Sandboxes::Spawned> Sandboxes::spawn() {
  DT_CHECK(ensure_helper());
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return fail(kNoWorker);
  const Head head{.kind = Kind::kSpawn, .id = ++last_id_};
  const bool sent = send(&head, sizeof head, ends[1]);
  ::close(ends[1]);
  if (!sent) {
    ::close(ends[0]);
    return fail({kNoWorker, "The sandbox helper does not take orders"});
  }
  running_[head.id] = {};
  return Spawned{.id = head.id, .socket = ends[0]};
}

void Sandboxes::bind(std::uint32_t id, const std::string& folder, Bound bound) {
  const auto found = running_.find(id);
  if (found == running_.end()) return;
  const Head head{.kind = Kind::kBind, .id = id};
  std::string message(reinterpret_cast<const char*>(&head), sizeof head);
  message += folder;
  found->second.bound = std::move(bound);
  if (message.size() > wire::kMessageBytesMax || !send(message.data(), message.size(), -1)) kill(id);
}

void Sandboxes::kill(std::uint32_t id) {
  if (!running_.contains(id)) return;
  const Head head{.kind = Kind::kKill, .id = id};
  if (!send(&head, sizeof head, -1) && pipe_) {
    // A helper that takes no orders is of no use; with it go all workers, and the next one is started anew.
    ::kill(pipe_->pid, SIGKILL);
  }
}

Task<Result<>> Sandboxes::probe() {
  if (!settings_.sandboxed) co_return Result<>{};
  DT_CO_CHECK(ensure_helper());
  const Head head{.kind = Kind::kProbe, .id = ++last_id_};
  if (!send(&head, sizeof head, -1)) co_return fail({kNoWorker, "The sandbox helper does not take orders"});
  struct Outcome {
    explicit Outcome(Executor executor) : done(executor) {}
    Event done;
    int status = -1;
  };
  const auto outcome = std::make_shared<Outcome>(executor_);
  running_[head.id].probed = [outcome](int status) {
    outcome->status = status;
    outcome->done.set();
  };
  if (!co_await outcome->done.wait(kProbeLimit)) co_return fail({kNoWorker, "bubblewrap does not come to an end"});
  const int status = outcome->status;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) co_return Result<>{};
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotFound)
    co_return fail({kNoWorker, "bubblewrap (bwrap) is not installed"});
  co_return fail({kNoWorker, "bubblewrap cannot make a sandbox on this machine: are user namespaces allowed?"});
}

Task<> Sandboxes::listen(std::shared_ptr<Pipe> pipe) {
  auto& descriptor = pipe->descriptor;
  std::array<char, wire::kMessageBytesMax> buffer;
  while (descriptor.is_open()) {
    const auto [error] =
        co_await descriptor.async_wait(decltype(pipe->descriptor)::wait_read, asio::as_tuple(use_task));
    if (error || pipe->owner == nullptr) co_return;
    const auto size = ::recv(descriptor.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (size <= 0) break;
    pipe->owner->on_message({buffer.data(), static_cast<std::size_t>(size)});
  }
  if (pipe->owner != nullptr) pipe->owner->helper_is_gone();
}

void Sandboxes::on_message(std::string_view message) {
  Head head;
  if (message.size() < sizeof head) return;
  std::memcpy(&head, message.data(), sizeof head);
  const auto found = running_.find(head.id);
  if (found == running_.end()) return;
  if (head.kind == Kind::kBound) {
    if (const auto bound = std::exchange(found->second.bound, {})) bound(head.value);
  } else if (head.kind == Kind::kExited) {
    const auto ended = std::move(found->second);
    running_.erase(found);
    if (ended.probed) return ended.probed(head.value);
    const End end = head.reason == Reason::kMemory   ? End::kMemory
                    : head.reason == Reason::kKilled ? End::kKilled
                                                     : End::kExited;
    if (ended_) ended_(head.id, end, head.value);
  }
}

void Sandboxes::helper_is_gone() {
  log::error("functions.helper_ended");
  ::waitpid(pipe_->pid, nullptr, 0);
  pipe_->owner = nullptr;
  pipe_.reset();
  for (const auto& [id, lost] : std::exchange(running_, {})) {
    if (lost.probed)
      lost.probed(-1);
    else if (ended_)
      ended_(id, End::kKilled, SIGKILL);
  }
}

}  // namespace dialtone::functions
