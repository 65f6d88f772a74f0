#pragma once
// Where what workers are made of lies on this machine.

#include "base/error.hpp"
#include "functions/sandbox_helper.hpp"

namespace dialtone::functions {

/// Settings with the Node that is found first in PATH and our own files for it. Error: there is no Node.
Result<SandboxSettings> find_runtime();

}  // namespace dialtone::functions
