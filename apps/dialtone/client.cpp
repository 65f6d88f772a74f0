#include "client.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <sstream>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "announce.hpp"

namespace dialtone::app {
namespace {

constexpr int kStartLimitMs = 15'000;
constexpr std::chrono::milliseconds kFindInterval{50};
constexpr std::string_view kDirect = "localhost,127.0.0.1,::1";  ///< never through the proxy

/// What the user reaches directly stays so, but for Twilio.
std::string no_proxy() {
  std::string out(kDirect);
  const char* given = std::getenv("no_proxy");
  if (!given) given = std::getenv("NO_PROXY");
  std::stringstream entries(given ? given : "");
  for (std::string entry; std::getline(entries, entry, ',');) {
    std::erase(entry, ' ');
    const bool ours = entry == "*" || entry.ends_with("twilio.com") || entry.ends_with("twil.io");
    if (!ours && !entry.empty()) out += ',' + entry;
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> variables(const Announcement& a) {
  const std::string proxy = url_of(a);
  const std::string direct = no_proxy();
  return {{"TWILIO_ACCOUNT_SID", a.account_sid},
          {"TWILIO_AUTH_TOKEN", a.auth_token},
          {"TWILIO_TEST_ACCOUNT_SID", a.test_sid},
          {"TWILIO_TEST_AUTH_TOKEN", a.test_token},
          {"TWILIO_NUMBER", a.number},
          {"MY_NUMBER", a.handset},
          {"HTTP_PROXY", proxy},
          {"HTTPS_PROXY", proxy},
          {"http_proxy", proxy},
          {"https_proxy", proxy},
          {"NO_PROXY", direct},
          {"no_proxy", direct},
          {"NODE_EXTRA_CA_CERTS", a.ca_file},
          {"NODE_USE_ENV_PROXY", "1"},
          {"TWILIO_CA_BUNDLE", a.bundle_file},
          {"SSL_CERT_FILE", a.bundle_file},
          {"REQUESTS_CA_BUNDLE", a.bundle_file},
          {"CURL_CA_BUNDLE", a.bundle_file}};
}

std::string data_folder(const ClientOptions& options) {
  return options.data.empty() ? default_data_folder() : options.data;
}

/// The server that the options mean, if it runs.
std::optional<Announcement> find_server(const ClientOptions& options) {
  std::vector<std::filesystem::path> places;
  if (options.port) {
    if (const auto file = announcement_of_port(*options.port)) places.push_back(*file);
  } else {
    places.push_back(announcement_in(data_folder(options)));
    if (options.data.empty()) {
      if (const auto file = announcement_of_port(kDefaultPort)) places.push_back(*file);
    }
  }
  for (const auto& place : places) {
    auto note = read(place);
    if (note && is_alive(*note)) return note;
  }
  return std::nullopt;
}

/// A lock on a file, held until the object goes. Not inherited by the programs we start.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& file)
      : fd_(::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {}
  ~FileLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  /// `how`: LOCK_SH or LOCK_EX, perhaps with LOCK_NB.
  bool lock(int how) {
    while (fd_ >= 0) {
      if (::flock(fd_, how) == 0) return true;
      if (errno != EINTR) return false;
    }
    return false;
  }

 private:
  int fd_;
};

/// A server that may be used, and our share in its lease if it ends with its last user.
struct Server {
  Announcement note;
  std::unique_ptr<FileLock> lease;
  pid_t pid = -1;  ///< when we started it
};

/// Finds the server and takes a share in its lease. One that is just ending is none.
std::optional<Server> take_server(const ClientOptions& options) {
  auto note = find_server(options);
  if (!note) return std::nullopt;
  Server server{.note = *note, .lease = nullptr};
  if (!note->lease.empty()) {
    server.lease = std::make_unique<FileLock>(note->lease);
    if (!server.lease->lock(LOCK_SH | LOCK_NB)) return std::nullopt;
  }
  return server;
}

/// Starts a server that lives as long as somebody shares its lease. Nothing when it does not come up; it has said why.
std::optional<Server> start_server(const ClientOptions& options) {
  const std::string data = data_folder(options);
  const std::string lease_file = (std::filesystem::path(data) / "run.lease").string();
  auto lease = std::make_unique<FileLock>(lease_file);
  if (!lease->lock(LOCK_SH | LOCK_NB)) return std::nullopt;  // the former one is not yet gone
  std::array<int, 2> ready{};
  if (::pipe2(ready.data(), O_CLOEXEC) != 0) return std::nullopt;
  const std::string port = std::to_string(options.port.value_or(0));
  const std::string fd = std::to_string(ready[1]);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setpgid(0, 0);  // a terminal's signals are for the command
    ::fcntl(ready[1], F_SETFD, 0);
    for (const char* name : {"DIALTONE_PORT", "DIALTONE_DATA", "DIALTONE_MEMORY", "DIALTONE_LOG_LEVEL"})
      ::unsetenv(name);
    std::array<const char*, 13> arguments{
        "dialtone", "serve",      "--port",   port.c_str(), "--data",           data.c_str(), "--log-level",
        "warn",     "--ready-fd", fd.c_str(), "--lease",    lease_file.c_str(), nullptr};
    if (const int null = ::open("/dev/null", O_RDWR); null >= 0) {  // stdin and stdout are the command's alone
      ::dup2(null, 0);
      ::dup2(null, 1);
    }
    ::execv("/proc/self/exe", const_cast<char* const*>(arguments.data()));
    ::_exit(127);
  }
  ::close(ready[1]);
  char byte = 0;
  pollfd wait{.fd = ready[0], .events = POLLIN, .revents = 0};
  const bool began = pid > 0 && ::poll(&wait, 1, kStartLimitMs) == 1 && ::read(ready[0], &byte, 1) == 1;
  ::close(ready[0]);
  const auto note = began ? read(announcement_in(data)) : std::nullopt;
  if (!note) {
    if (pid > 0) {
      ::kill(pid, SIGTERM);
      ::waitpid(pid, nullptr, 0);
    }
    return std::nullopt;
  }
  return Server{.note = *note, .lease = std::move(lease), .pid = pid};
}

/// The running server, or one of our own. Those who begin at the same moment on one folder take turns, so that one
/// starts the server and the others find it.
std::optional<Server> find_or_start(const ClientOptions& options) {
  if (auto server = take_server(options)) return server;
  const std::filesystem::path data = data_folder(options);
  std::error_code error;
  std::filesystem::create_directories(data, error);
  if (error) {
    std::cerr << fmt::format("dialtone: the folder {} cannot be made: {}\n", data.string(), error.message());
    return std::nullopt;
  }
  FileLock turn(data / "run.lock");
  turn.lock(LOCK_EX);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kStartLimitMs);
  while (true) {
    if (auto server = take_server(options)) return server;
    const auto here = read(announcement_in(data));
    if (!here || !is_alive(*here)) return start_server(options);
    if (here->lease.empty()) {
      std::cerr << fmt::format("dialtone: the server of {} runs on port {}, not {}\n", data.string(), here->port,
                               *options.port);
      return std::nullopt;
    }
    // It ends with another `run`, or is of another port and in use.
    if (std::chrono::steady_clock::now() > deadline) {
      std::cerr << fmt::format("dialtone: the server of {} runs on port {}\n", data.string(), here->port);
      return std::nullopt;
    }
    std::this_thread::sleep_for(kFindInterval);
  }
}

/// Our share goes; a server of ours ends with it when nobody else has one.
void leave(Server& server) {
  if (server.pid < 0) return;
  // Nobody's, then ours to end; or the server has taken the lease to end by itself. Else others go on with it.
  if (server.lease->lock(LOCK_EX | LOCK_NB)) {
    ::kill(server.pid, SIGTERM);
  } else if (server.lease->lock(LOCK_SH | LOCK_NB)) {
    return;
  }
  while (::waitpid(server.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

constexpr std::array kPassedOn{SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
volatile std::sig_atomic_t child_pid = 0;

/// A key on the terminal (Ctrl-C) is a signal to the command, too; what a process sends is for us alone, so it goes on.
void pass_on(int signal, siginfo_t* info, void*) {
  const bool from_terminal = info->si_code > 0 && signal != SIGHUP;
  if (!from_terminal && child_pid > 0) ::kill(child_pid, signal);
}

/// Runs the command to its end; the exit code as a shell has it.
int run_command(const std::vector<std::string>& command, const Announcement& note) {
  const auto environment = variables(note);
  // Until there is somebody to pass them on to, signals wait.
  sigset_t passed{};
  sigset_t before{};
  ::sigemptyset(&passed);
  for (const int signal : kPassedOn) ::sigaddset(&passed, signal);
  ::sigprocmask(SIG_BLOCK, &passed, &before);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    const int error = errno;
    std::cerr << "dialtone: " << arguments[0] << ": " << std::strerror(error) << '\n';
    ::_exit(error == ENOENT ? 127 : 126);
  }
  child_pid = pid;
  struct sigaction action{};
  action.sa_sigaction = pass_on;
  action.sa_flags = SA_SIGINFO;
  for (const int signal : kPassedOn) ::sigaction(signal, &action, nullptr);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) {
    std::cerr << "dialtone: the command cannot be started: " << std::strerror(errno) << '\n';
    return 126;
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  child_pid = 0;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

int run(const ClientOptions& options) {
  auto server = find_or_start(options);
  if (!server) return 2;
  const int code = run_command(options.command, server->note);
  leave(*server);
  return code;
}

int env(const ClientOptions& options) {
  const auto note = find_server(options);
  if (!note) {
    std::cerr << "dialtone: no server is running; start one with: dialtone serve\n";
    return 1;
  }
  for (const auto& [name, value] : variables(*note)) {
    std::string quoted;
    for (const char c : value) {
      if (c == '\'')
        quoted += "'\\''";
      else
        quoted += c;
    }
    std::cout << "export " << name << "='" << quoted << "'\n";
  }
  return 0;
}

}  // namespace dialtone::app
