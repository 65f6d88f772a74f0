#include "options.hpp"

#include <cstdlib>
#include <iostream>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>
#include <CLI/CLI.hpp>

namespace dialtone::app {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// The file is needed before the options are read, for they override it.
std::string find_config(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") break;
    if (argument == "--config" && i + 1 < argc) return argv[i + 1];
    if (argument.starts_with("--config=")) return std::string(argument.substr(9));
  }
  return environment("DIALTONE_CONFIG");
}

void read_config(const std::string& path, ServeOptions& options) {
  YAML::Node file;
  try {
    file = YAML::LoadFile(path);
  } catch (const YAML::BadFile&) {
    throw std::runtime_error(fmt::format("the configuration file {} cannot be read", path));
  } catch (const YAML::Exception& error) {
    throw std::runtime_error(fmt::format("{}: {}", path, error.what()));
  }
  if (file.IsNull()) return;
  if (!file.IsMap()) throw std::runtime_error(fmt::format("{}: it must be a map of options", path));
  for (const auto& entry : file) {
    const auto name = entry.first.as<std::string>();
    try {
      if (name == "port")
        options.port = entry.second.as<std::uint16_t>();
      else if (name == "bind")
        options.bind = entry.second.as<std::string>();
      else if (name == "data")
        options.data = entry.second.as<std::string>();
      else if (name == "memory")
        options.memory = entry.second.as<bool>();
      else if (name == "account-type")
        options.account_type = entry.second.as<std::string>();
      else if (name == "unknown-numbers")
        options.unknown_numbers = entry.second.as<std::string>();
      else if (name == "webhook-tls")
        options.webhook_tls = entry.second.as<std::string>();
      else if (name == "allow-unsandboxed-functions")
        options.allow_unsandboxed_functions = entry.second.as<bool>();
      else if (name == "functions-network")
        options.functions_network = entry.second.as<std::string>();
      else if (name == "functions-idle")
        options.functions_idle = entry.second.as<unsigned>();
      else if (name == "limits")
        options.limits = entry.second.as<std::string>();
      else if (name == "scheduled-max")
        options.scheduled_max = entry.second.as<std::size_t>();
      else if (name == "log-level")
        options.log_level = entry.second.as<std::string>();
      else
        throw std::runtime_error(fmt::format("{}: unknown option {}", path, name));
    } catch (const YAML::Exception&) {
      throw std::runtime_error(fmt::format("{}: the value of {} is not of its kind", path, name));
    }
  }
}

bool is_given(int argc, char** argv, std::string_view option) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") break;
    if (argument == option || (argument.starts_with(option) && argument.substr(option.size()).starts_with('=')))
      return true;
  }
  return false;
}

/// --memory and --data exclude each other; the one that was said closer to the start of the program counts.
void choose_state(int argc, char** argv, ServeOptions& options) {
  const auto choose = [&](bool memory, bool data, std::string_view where) {
    if (memory && data) throw std::runtime_error(fmt::format("memory and data exclude each other{}", where));
    if (data) options.memory = false;
    return memory || data;
  };
  if (choose(is_given(argc, argv, "--memory"), is_given(argc, argv, "--data"), " (see --help)")) return;
  choose(options.memory && !environment("DIALTONE_MEMORY").empty(), !environment("DIALTONE_DATA").empty(),
         " in the environment");
}

void check_choice(std::string_view option, const std::string& value, std::initializer_list<std::string_view> choices) {
  for (const std::string_view choice : choices) {
    if (choice == value) return;
  }
  throw std::runtime_error(fmt::format("{}: {} is none of {}", option, value, fmt::join(choices, ", ")));
}

void add_serve_options(CLI::App& serve, ServeOptions& options) {
  serve.add_option("--port", options.port, "Port to listen on; 0 takes any free one")
      ->envname("DIALTONE_PORT")
      ->capture_default_str();
  serve.add_option("--bind", options.bind, "Address to listen on")->envname("DIALTONE_BIND")->capture_default_str();
  serve.add_option("--data", options.data, "Folder that keeps the state")
      ->envname("DIALTONE_DATA")
      ->capture_default_str();
  serve.add_flag("--memory", options.memory, "Keep the state in memory only")->envname("DIALTONE_MEMORY");
  serve.add_option("--account-type", options.account_type, "trial or full: of the account that the first start makes")
      ->envname("DIALTONE_ACCOUNT_TYPE")
      ->capture_default_str();
  serve
      .add_option("--unknown-numbers", options.unknown_numbers,
                  "deliver or undelivered: messages to a number that nobody has (deliver makes a handset)")
      ->envname("DIALTONE_UNKNOWN_NUMBERS")
      ->capture_default_str();
  serve
      .add_option("--webhook-tls", options.webhook_tls,
                  "verify or skip: whether the certificates of webhooks must be valid")
      ->envname("DIALTONE_WEBHOOK_TLS")
      ->capture_default_str();
  serve
      .add_flag("--allow-unsandboxed-functions", options.allow_unsandboxed_functions,
                "Run functions also where no sandbox can be made: they can then do what this program can")
      ->envname("DIALTONE_ALLOW_UNSANDBOXED_FUNCTIONS");
  serve
      .add_option("--functions-network", options.functions_network,
                  "open or none: may functions connect to the outside?")
      ->envname("DIALTONE_FUNCTIONS_NETWORK")
      ->capture_default_str();
  serve
      .add_option("--functions-idle", options.functions_idle,
                  "Seconds without a request, after which an environment's process ends")
      ->envname("DIALTONE_FUNCTIONS_IDLE")
      ->check(CLI::Range(1U, 86'400U))
      ->capture_default_str();
  serve
      .add_option(
          "--limits", options.limits,
          "unlimited, trial or business: sending rates, queues, concurrency and registration as Twilio has them")
      ->envname("DIALTONE_LIMITS")
      ->capture_default_str();
  serve.add_option("--scheduled-max", options.scheduled_max, "How many messages an account may have scheduled at once")
      ->envname("DIALTONE_SCHEDULED_MAX")
      ->capture_default_str();
  serve.add_option("--log-level", options.log_level, "debug, info, warn, error or off")
      ->envname("DIALTONE_LOG_LEVEL")
      ->capture_default_str();
  serve
      .add_option("--config", options.config,
                  "YAML file with these options, e.g. `port: 3425`; the environment and the command line override it")
      ->envname("DIALTONE_CONFIG");
  serve.add_flag("--until-stdin-ends", options.until_stdin_ends,
                 "Stop when standard input ends: a server of a test run goes with it, however that ends");
  serve.add_option("--ready-fd", options.ready_fd, "")->group("");
  serve.add_option("--lease", options.lease, "")->group("");
  serve.footer(
      "A first start makes an account, a Twilio number and two handsets. TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN,\n"
      "TWILIO_NUMBER and MY_NUMBER in the environment choose them.");
}

}  // namespace

std::string default_data_folder() {
  if (const std::string base = environment("XDG_DATA_HOME"); !base.empty()) return base + "/dialtone";
  const std::string home = environment("HOME");
  return (home.empty() ? std::string("/var/lib") : home + "/.local/share") + "/dialtone";
}

Parsed parse_command_line(int argc, char** argv) {
  CommandLine line;
  line.serve.data = default_data_folder();
  CLI::App app{"Dialtone: a programmable phone network that speaks Twilio's interfaces.", "dialtone"};
  app.set_version_flag("--version", std::string("dialtone ") + DIALTONE_VERSION);
  app.require_subcommand(1);

  auto* serve = app.add_subcommand("serve", "Runs the network");
  auto* run = app.add_subcommand("run", "Runs a command whose calls to Twilio reach Dialtone");
  auto* env = app.add_subcommand("env", "Prints what `run` sets, as shell exports");
  for (CLI::App* client : {run, env}) {
    client->add_option("--port", line.client.port, "Port of the running server")->envname("DIALTONE_PORT");
    client->add_option("--data", line.client.data, "Folder of the server's state")->envname("DIALTONE_DATA");
  }
  run->add_option("command", line.client.command, "The command and its arguments, after --")->required();
  run->footer(
      "Uses the server that is running, or starts one for the length of the command. Ends with the command's exit "
      "code.");
  run->prefix_command(false);

  try {
    line.serve.config = find_config(argc, argv);
    if (!line.serve.config.empty()) read_config(line.serve.config, line.serve);
    add_serve_options(*serve, line.serve);
    app.parse(argc, argv);
    if (serve->parsed()) choose_state(argc, argv, line.serve);
    check_choice("--account-type", line.serve.account_type, {"trial", "full"});
    check_choice("--unknown-numbers", line.serve.unknown_numbers, {"deliver", "undelivered"});
    check_choice("--webhook-tls", line.serve.webhook_tls, {"verify", "skip"});
    check_choice("--functions-network", line.serve.functions_network, {"open", "none"});
    check_choice("--limits", line.serve.limits, {"unlimited", "trial", "business"});
    check_choice("--log-level", line.serve.log_level, {"debug", "info", "warn", "error", "off"});
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return {.line = std::nullopt, .exit_code = app.exit(error)};
    std::cerr << "dialtone: " << error.what() << " (see --help)\n";
    return {.line = std::nullopt, .exit_code = 2};
  } catch (const std::exception& error) {
    std::cerr << "dialtone: " << error.what() << '\n';
    return {.line = std::nullopt, .exit_code = 2};
  }
  line.command = run->parsed()   ? CommandLine::Command::kRun
                 : env->parsed() ? CommandLine::Command::kEnv
                                 : CommandLine::Command::kServe;
  return {.line = std::move(line)};
}

}  // namespace dialtone::app
