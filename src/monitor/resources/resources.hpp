#pragma once
// The REST resources of this module; each is one file beside this one, named after its function.

#include "monitor/alerts.hpp"
#include "rest/engine.hpp"

namespace dialtone::monitor::resources {

rest::Resource alerts(rest::Services& services);
rest::Resource alert(rest::Services& services);
rest::Resource events(rest::Services& services);
rest::Resource event(rest::Services& services);

/// All of them.
void add_to(rest::Engine& engine, rest::Services& services);

}  // namespace dialtone::monitor::resources
