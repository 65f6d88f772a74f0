#pragma once
// Texts that verifications can be sent with: those that every account has, and those that were made for it.

#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace dialtone::verify {

/// The templates of every account, as the API shows them but for `account_sid`.
const std::vector<json::object>& base_templates();
/// One of them; null when there is none of that SID.
const json::object* base_template(std::string_view sid);

}  // namespace dialtone::verify
