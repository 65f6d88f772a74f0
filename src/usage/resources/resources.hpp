#pragma once
// The REST resources of this module.

#include "rest/engine.hpp"
#include "usage/triggers.hpp"

namespace dialtone::usage::resources {

/// Usage/Records and its views by time.
void add_records(rest::Engine& engine, rest::Services& services, Meter& meter);
void add_triggers(rest::Engine& engine, rest::Services& services, Triggers& triggers);
rest::Resource balance(rest::Services& services, Meter& meter);

/// All of them.
void add_to(rest::Engine& engine, rest::Services& services, Meter& meter, Triggers& triggers);

}  // namespace dialtone::usage::resources
