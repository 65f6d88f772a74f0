#pragma once
// May this verification be started? What a request must be, and where codes may go. Source: error dictionary, 60200 to
// 60223, 60238, 60329, 60410, 60605; Verify v2, Verifications and SafeList.

#include <optional>

#include "base/e164.hpp"
#include "verify/settings.hpp"
#include "verify/verifications.hpp"

namespace dialtone::verify {

/// Checks the request itself; gives the phone's number, nothing for a mail. Errors: 602xx.
Result<std::optional<E164>> check_start(const StartRequest& request, const json::object& settings);

/// Checks where it goes. Errors: 60205, 60220, 60238, 60410, 60605.
Result<> check_destination(const StartRequest& request, const E164& to, const json::object& settings, bool safe_listed);

/// `<account>/verify/v2/SafeList`, by number: what no guard against fraud refuses.
std::string safe_list_scope(std::string_view account_sid);
Task<bool> is_safe_listed(store::Store& store, std::string account_sid, std::string number);

/// How many digits the service's codes have.
std::size_t code_length(const json::object& service);
bool flag(const json::object& service, std::string_view name);

}  // namespace dialtone::verify
