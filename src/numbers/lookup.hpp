#pragma once
// One number looked up: what numbering plans say, what the account has overridden, and what is known of the phones of
// this network. What only carriers and registers of the world know is answered as for a number that nothing is known
// of. Source: Lookup v2; the fact sheet, section 10.2.

#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "numbers/subscribers.hpp"
#include "rest/context.hpp"

namespace dialtone::numbers {

struct LookupRequest {
  std::string account_sid;
  std::string number;
  std::string country;                                            ///< of one without a plus; empty: US
  std::vector<std::string> fields;                                ///< packages
  std::map<std::string, std::string, std::less<>> identity = {};  ///< first_name, last_name, …: what it is to match
  std::string last_verified_date = {};                            ///< YYYYMMDD
};

/// The resource without its URL.
Task<json::object> look_up(rest::Services& services, Subscribers& subscribers, LookupRequest request);

/// Line types that an account says its numbers have: `<account>/lookups/v2/PhoneNumbers/<number>/Overrides`, by field.
std::string override_scope(std::string_view account_sid, std::string_view number);
inline constexpr std::string_view kOverridden = "line_type_intelligence";

}  // namespace dialtone::numbers
