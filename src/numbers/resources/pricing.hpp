#pragma once

#include "rest/engine.hpp"

namespace dialtone::numbers::resources {

/// pricing.twilio.com v1 and v2. The prices are those that Dialtone counts usage with, the same in every country.
void add_pricing(rest::Engine& engine);

}  // namespace dialtone::numbers::resources
