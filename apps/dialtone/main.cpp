#include <iostream>

#include "client.hpp"
#include "functions/sandbox_helper.hpp"
#include "options.hpp"
#include "serve.hpp"

int main(int argc, char** argv) {
  using dialtone::app::CommandLine;
  dialtone::functions::run_helper_if_asked(argc, argv);
  try {
    const auto parsed = dialtone::app::parse_command_line(argc, argv);
    if (!parsed.line) return parsed.exit_code;
    switch (parsed.line->command) {
      case CommandLine::Command::kServe:
        return dialtone::app::serve(parsed.line->serve);
      case CommandLine::Command::kRun:
        return dialtone::app::run(parsed.line->client);
      case CommandLine::Command::kEnv:
        return dialtone::app::env(parsed.line->client);
    }
  } catch (const std::exception& error) {
    std::cerr << "dialtone: " << error.what() << '\n';
  }
  return 1;
}
