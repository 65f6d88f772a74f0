#pragma once

#include "options.hpp"

namespace dialtone::app {

/// Runs the network until SIGINT or SIGTERM. Exit codes: 0, 1 when it failed, 2 when it could not begin (a taken port,
/// a folder that cannot be used), told in one line.
int serve(const ServeOptions& options);

}  // namespace dialtone::app
