#include "client.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <utility>

#include <fmt/format.h>

#include "announce.hpp"

namespace dialtone::app {
namespace {

constexpr int kStartLimitMs = 15'000;

std::vector<std::pair<std::string, std::string>> variables(const Announcement& a) {
  const std::string proxy = fmt::format("http://127.0.0.1:{}", a.port);
  return {{"TWILIO_ACCOUNT_SID", a.account_sid},
          {"TWILIO_AUTH_TOKEN", a.auth_token},
          {"TWILIO_NUMBER", a.number},
          {"MY_NUMBER", a.handset},
          {"HTTP_PROXY", proxy},
          {"HTTPS_PROXY", proxy},
          {"http_proxy", proxy},
          {"https_proxy", proxy},
          {"NO_PROXY", "localhost,127.0.0.1,::1"},
          {"no_proxy", "localhost,127.0.0.1,::1"},
          {"NODE_EXTRA_CA_CERTS", a.ca_file},
          {"NODE_USE_ENV_PROXY", "1"},
          {"TWILIO_CA_BUNDLE", a.bundle_file},
          {"SSL_CERT_FILE", a.bundle_file},
          {"REQUESTS_CA_BUNDLE", a.bundle_file},
          {"CURL_CA_BUNDLE", a.bundle_file}};
}

/// The server that the options mean, if it runs.
std::optional<Announcement> find_server(const ClientOptions& options) {
  std::vector<std::filesystem::path> places;
  if (options.port) {
    if (const auto file = announcement_of_port(*options.port)) places.push_back(*file);
  } else {
    places.push_back(announcement_in(options.data.empty() ? default_data_folder() : options.data));
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

struct OwnServer {
  pid_t pid = -1;
  Announcement note;
};

/// Starts a server for the length of the command; it leaves terminal signals to us.
std::optional<OwnServer> start_server(const ClientOptions& options) {
  std::array<int, 2> ready{};
  if (::pipe(ready.data()) != 0) return std::nullopt;
  const std::string data = options.data.empty() ? default_data_folder() : options.data;
  const std::string port = std::to_string(options.port.value_or(0));
  const std::string fd = std::to_string(ready[1]);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setpgid(0, 0);
    ::close(ready[0]);
    ::dup2(2, 1);  // stdout is the command's alone
    std::array<const char*, 11> arguments{"dialtone", "serve", "--port", port.c_str(), "--data", data.c_str(),
                                          "--log-level", "warn", "--ready-fd", fd.c_str(), nullptr};
    if (const int null = ::open("/dev/null", O_WRONLY); null >= 0) ::dup2(null, 1);
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
  return OwnServer{.pid = pid, .note = *note};
}

volatile std::sig_atomic_t child_pid = 0;

void pass_on(int signal) {
  if (child_pid > 0) ::kill(child_pid, signal);
}

}  // namespace

int run(const ClientOptions& options) {
  std::optional<OwnServer> own;
  auto note = find_server(options);
  if (!note) {
    own = start_server(options);
    if (!own) {
      std::cerr << "dialtone: no server is running, and none could be started\n";
      return 2;
    }
    note = own->note;
  }

  const auto variables_for_child = variables(*note);
  const pid_t pid = ::fork();
  if (pid == 0) {
    for (const auto& [name, value] : variables_for_child) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> arguments;
    for (const std::string& argument : options.command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    std::cerr << "dialtone: " << arguments[0] << ": " << std::strerror(errno) << '\n';
    ::_exit(errno == ENOENT ? 127 : 126);
  }
  child_pid = pid;
  struct sigaction action{};
  action.sa_handler = pass_on;
  // A terminal sends its signals to the command, too; what others send to us we pass on.
  for (const int signal : {SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT}) ::sigaction(signal, &action, nullptr);
  for (const int signal : {SIGINT, SIGQUIT}) {
    if (::isatty(0) != 0) {
      std::signal(signal, SIG_IGN);
    } else {
      ::sigaction(signal, &action, nullptr);
    }
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (own) {
    ::kill(own->pid, SIGTERM);
    while (::waitpid(own->pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
  return WEXITSTATUS(status);
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
      if (c == '\'') quoted += "'\\''";
      else quoted += c;
    }
    std::cout << "export " << name << "='" << quoted << "'\n";
  }
  return 0;
}

}  // namespace dialtone::app
