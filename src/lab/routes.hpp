#pragma once
// The control API's routes, a file for each group.

#include "bins/bins.hpp"
#include "carrier/handset/handsets.hpp"
#include "lab/auto_clock.hpp"
#include "lab/control.hpp"
#include "lab/faults.hpp"
#include "lab/snapshots.hpp"
#include "lab/tenants.hpp"
#include "messaging/caller_ids.hpp"

namespace dialtone::lab::routes {

/// Health, coverage and the API's own description.
void program(Control& control, rest::Services& services, rest::Engine& engine, std::string version);
/// Pictures of messages at the addresses to which their resources lead.
void media(Control& control, rest::Services& services, const rest::Authenticator& accounts,
           messaging::MediaFiles& files);
/// Short codes, and Advanced Opt-Out of messaging services: what Twilio gives by hand or in its console only.
void messaging(Control& control, messaging::Messenger& messenger);
/// Handsets and what they say.
void handsets(Control& control, carrier::handset::Handsets& handsets);
/// The journal as server-sent events.
void events(Control& control, rest::Services& services, const Tenants& tenants);
/// Waiting for what happens: one call gets a one-time password.
void await(Control& control, rest::Services& services, const Tenants& tenants);
/// The clock, held and moved.
void clock(Control& control, rest::Services& services, AutoClock& jumper);
/// Why a signature does not fit.
void signature(Control& control);
/// What Twilio's console sets for an account: the debugger webhook, the checking of certificates.
void settings(Control& control, accounts::Directory& accounts);
/// Phones that enter the code of a caller ID.
void caller_ids(Control& control, messaging::CallerIds& caller_ids);
/// Exchanges with webhooks, and the alerts that came of them.
void exchanges(Control& control, rest::Services& services);
/// Resources that Twilio makes itself, made by hand.
void resources(Control& control, rest::Engine& engine);

/// Things that go wrong on purpose.
void faults(Control& control, Faults& faults);
/// The whole state, kept and brought back.
void snapshots(Control& control, Snapshots& snapshots);
/// Accounts for one test each.
void tenants(Control& control, Tenants& tenants);

/// Messages by more filters, as a table, and one with all that belongs to it.
void messages(Control& control, rest::Services& services);
/// Alerts in groups; exchanges sent again. To be added before exchanges().
void debugger(Control& control, rest::Services& services, webhook::Client& client, monitor::Alerts& alerts);
/// Twilio's operations with their parameters.
void catalogue(Control& control, rest::Engine& engine);
/// Anything by its SID, number, name or text.
void search(Control& control, rest::Services& services, carrier::handset::Handsets& handsets);
/// What Twilio's Console sets for a Verify service, and the mailboxes that its codes reach.
void verify(Control& control, rest::Services& services);
/// Reports of removed handsets, at the addresses to which Deactivations lead.
void deactivations(Control& control, rest::Services& services, const rest::Authenticator& accounts,
                   const carrier::handset::Handsets& handsets);
/// TwiML Bins.
void bins(Control& control, dialtone::bins::Bins& bins);

/// `90s`, `15m`, `2h`, `7d`, `250ms`; seconds without a unit. Error: 20001, which names the member.
Result<Duration> parse_duration(std::string_view text, std::string_view name);

/// For what concerns all tests at once. Error: 20006.
Result<> require_main_account(const ControlRequest& request);

}  // namespace dialtone::lab::routes
