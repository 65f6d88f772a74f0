#pragma once
// Checks a request against the catalogue before a behaviour sees it.

#include "rest/context.hpp"

namespace dialtone::rest {

/// Required parameters are there, and every value has the type, enum and bounds of its schema. Errors: 20001.
Result<> check_parameters(const Context& context);

}  // namespace dialtone::rest
