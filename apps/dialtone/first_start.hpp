#pragma once
// What there is when a program begins without a state: an account, a Twilio number and two handsets, as the environment
// says or as in the examples of Twilio's documentation.

#include "accounts/directory.hpp"
#include "carrier/handset/handsets.hpp"
#include "lab/snapshots.hpp"
#include "messaging/messenger.hpp"
#include "options.hpp"

namespace dialtone::app {

struct FirstStart {
  rest::Services& services;
  accounts::Directory& accounts;
  messaging::Messenger& messenger;
  carrier::handset::Handsets& handsets;
  lab::Snapshots& snapshots;
};

/// Makes what the environment names, all of it checked before; goes on where a former first start was cut off. Ends
/// with the record `system/first`, and keeps that state for a reset.
Task<Result<>> first_start(FirstStart parts, const ServeOptions& options);

}  // namespace dialtone::app
