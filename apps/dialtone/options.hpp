#pragma once
// What the program is told: by the command line, else the environment, else the YAML file, else a default.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dialtone::app {

inline constexpr std::uint16_t kDefaultPort = 3425;  ///< D-I-A-L on a keypad

struct ServeOptions {
  std::uint16_t port = kDefaultPort;  ///< 0: any free one
  std::string bind = "127.0.0.1";
  std::string data;  ///< folder of the state
  bool memory = false;
  std::string account_type = "full";        ///< trial, full
  std::string unknown_numbers = "deliver";  ///< deliver, undelivered
  std::string webhook_tls = "verify";       ///< verify, skip
  std::string limits = "unlimited";         ///< unlimited, trial, business
  std::size_t scheduled_max = 500'000;      ///< messages that an account may have scheduled
  std::string log_level = "info";           ///< debug, info, warn, error, off
  std::string config;
  bool allow_unsandboxed_functions = false;
  std::string functions_network = "open";  ///< open, none
  unsigned functions_idle = 60;            ///< seconds without a request, then an environment has no process
  // For `dialtone run`.
  int ready_fd = -1;  ///< once the program serves, a line of JSON that says where is written there
  std::string lease;  ///< a file; the server ends when nobody holds a lock on it
  bool until_stdin_ends = false;
};

struct ClientOptions {
  std::optional<std::uint16_t> port;
  std::string data;
  std::vector<std::string> command;
};

struct CommandLine {
  enum class Command : std::uint8_t { kServe, kRun, kEnv } command = Command::kServe;
  ServeOptions serve;
  ClientOptions client;
};

/// Reads all sources. An exit code instead when the program is to end: 0 after --help, 2 after a wrong option (told in
/// one line on stderr).
struct Parsed {
  std::optional<CommandLine> line;
  int exit_code = 0;
};
Parsed parse_command_line(int argc, char** argv);

/// $XDG_DATA_HOME/dialtone, or ~/.local/share/dialtone.
std::string default_data_folder();

}  // namespace dialtone::app
