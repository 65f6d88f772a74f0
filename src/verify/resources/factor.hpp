#pragma once
// Entities (users of an application), their factors (an authenticator app, a phone with a key) and challenges. Source:
// Verify v2, Entities, Factors and Challenges; error dictionary, 60310 and 60311.

#include "rest/engine.hpp"
#include "verify/errors.hpp"
#include "verify/otp.hpp"

namespace dialtone::verify {

inline constexpr std::size_t kWrongCodesMax = 5;  ///< of a factor, until a right one

namespace resources {

/// `<account>/verify/v2/Services/<service>/Entities`, and below it `/<identity>/Factors` and `/<identity>/Challenges`.
std::string entity_scope(const rest::Context& context);
std::string factor_scope(const rest::Context& context);

/// An object in a factor, made when there is none.
json::object& member(json::object& factor, std::string_view name);

/// What an authenticator app is set to.
TotpConfig totp_config(const json::object& config);

/// Judges a code of the factor's app and notes what came of it in the factor (`#step`, `#wrong`). Error: 60310.
Result<bool> judge_code(json::object& factor, std::string_view code, TimePoint now);

void add_factors(rest::Engine& engine, rest::Services& services);
void add_challenges(rest::Engine& engine, rest::Services& services);

}  // namespace resources
}  // namespace dialtone::verify
