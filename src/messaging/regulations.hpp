#pragma once
// What a country asks of who has a number of its own: an address, and a bundle of papers that was approved. What is
// given with a number is always checked; what is missing is asked for where there are limits (`--limits`), as with
// the other registrations. Sources: error dictionary, 21613, 21615, 21631, 21649; Twilio, Regulatory Compliance.

#include "base/e164.hpp"
#include "messaging/messenger.hpp"
#include "numbers/plan.hpp"

namespace dialtone::messaging {

std::string address_scope(std::string_view account_sid);
/// Bundles of numbers.twilio.com.
std::string bundle_scope(std::string_view account_sid);

numbers::Kind kind_of(const E164& phone);

/// A number that an account buys, changes, or gets from another account.
struct Holding {
  enum class How : std::uint8_t { kBought, kChanged, kMoved } how;
  std::string account_sid;  ///< who has it then
  E164 phone;
  bool strict;  ///< what is missing is asked for
};
/// Errors: 21613 (moved to an account without an address), 21615, 21631, 21649.
Task<Result<>> check_regulations(Messenger& messenger, Holding holding, const rest::Fields& form);

}  // namespace dialtone::messaging
