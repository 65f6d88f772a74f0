#pragma once

#include "rest/engine.hpp"
#include "verify/rate_limits.hpp"
#include "verify/webhooks.hpp"

namespace dialtone::verify::resources {

/// What belongs to services beside their verifications: the services themselves, rate limits and their buckets,
/// templates, attempts.
void add_parts(rest::Engine& engine, rest::Services& services, Webhooks& webhooks, Counters& counters);
void add_services(rest::Engine& engine);
/// Who sends the codes to a country.
void add_messaging_configurations(rest::Engine& engine, rest::Services& services);

/// Who is told of factors and challenges.
void add_webhooks(rest::Engine& engine, rest::Services& services);
/// Pushes of a challenge once more.
void add_notifications(rest::Engine& engine, rest::Services& services);
/// Tokens with which a phone makes its factor, and what the form for that must have.
void add_access_tokens(rest::Engine& engine, rest::Services& services);
/// Numbers that no guard against fraud refuses.
void add_safe_list(rest::Engine& engine, rest::Services& services);

}  // namespace dialtone::verify::resources
