#pragma once

#include "rest/engine.hpp"

namespace dialtone::verify::resources {

/// What belongs to services beside their verifications: the services themselves, rate limits and their buckets,
/// templates, attempts.
void add_parts(rest::Engine& engine, rest::Services& services);
void add_services(rest::Engine& engine);
/// Who sends the codes to a country.
void add_messaging_configurations(rest::Engine& engine, rest::Services& services);

/// Numbers that no guard against fraud refuses.
void add_safe_list(rest::Engine& engine, rest::Services& services);

}  // namespace dialtone::verify::resources
