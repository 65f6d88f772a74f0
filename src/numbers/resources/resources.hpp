#pragma once
// The REST resources of this module; each is one file beside this one, named after its function.

#include <functional>

#include "numbers/plan.hpp"
#include "numbers/subscribers.hpp"
#include "rest/context.hpp"
#include "rest/engine.hpp"

namespace dialtone::numbers::resources {

/// Tells whether a number is sold already; messaging knows.
using Taken = std::function<bool(std::string_view)>;

rest::Resource available_countries();
rest::Resource available_country();
/// One for each kind that the API has a path for.
rest::Resource available_numbers(std::string_view path, Kind kind, Taken taken);
/// Lookup v1 and v2.
void add_lookup(rest::Engine& engine, rest::Services& services, Subscribers& subscribers);
/// Addresses and the numbers that depend on them.
void add_addresses(rest::Engine& engine, rest::Services& services);

}  // namespace dialtone::numbers::resources
