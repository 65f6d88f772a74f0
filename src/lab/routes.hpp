#pragma once
// The control API's routes, a file for each group.

#include "carrier/handset/handsets.hpp"
#include "lab/control.hpp"

namespace dialtone::lab::routes {

/// Health, coverage and the API's own description.
void program(Control& control, rest::Services& services, rest::Engine& engine, std::string version);
/// Handsets and what they say.
void handsets(Control& control, carrier::handset::Handsets& handsets);
/// The journal as server-sent events.
void events(Control& control, rest::Services& services, const rest::Authenticator& accounts);
/// Exchanges with webhooks, and the alerts that came of them.
void exchanges(Control& control, rest::Services& services);
/// Resources that Twilio makes itself, made by hand.
void resources(Control& control, rest::Engine& engine);

}  // namespace dialtone::lab::routes
