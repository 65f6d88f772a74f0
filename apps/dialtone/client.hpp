#pragma once

#include "options.hpp"

namespace dialtone::app {

/// `dialtone run`: runs the command with an environment in which Twilio is here. Returns the command's exit code (128 +
/// signal when it was killed); 2 when it could not begin.
int run(const ClientOptions& options);

/// `dialtone env`: prints that environment as shell exports. 1 when no server runs.
int env(const ClientOptions& options);

}  // namespace dialtone::app
