#pragma once
// Entities (users of an application), their factors (an authenticator app, a phone with a key) and challenges. Source:
// Verify v2, Entities, Factors and Challenges; error dictionary, 60310 and 60311.

#include "rest/engine.hpp"
#include "verify/errors.hpp"
#include "verify/otp.hpp"
#include "verify/rate_limits.hpp"
#include "verify/webhooks.hpp"

namespace dialtone::verify {

inline constexpr std::size_t kWrongCodesMax = 5;     ///< of a factor until it is verified, and of a challenge
inline constexpr std::size_t kPushFactorsMax = 20;   ///< of an entity
inline constexpr std::size_t kTotpFactorsMax = 100;  ///< of an entity

namespace resources {

/// `<account>/verify/v2/Services/<service>/Entities`, and below it `/<identity>/Factors` and `/<identity>/Challenges`.
std::string entity_scope(const rest::Context& context);
std::string factor_scope(const rest::Context& context);

/// 8 to 64 letters, digits and dashes: no name, no address, no phone number belongs there.
bool is_identity(std::string_view text);

/// An object in a factor, made when there is none.
json::object& member(json::object& factor, std::string_view name);

/// What an authenticator app is set to.
TotpConfig totp_config(const json::object& config);

/// Judges a code of the factor's app: keeps the step of a right one in the factor (`#step`), and counts a wrong one in
/// `counted` (`#wrong`), the factor or the challenge it is for. Error: `over`, once that had too many.
Result<bool> judge_code(json::object& factor, json::object& counted, std::string_view code, TimePoint now,
                        const ErrorRow& over);

void add_factors(rest::Engine& engine, rest::Services& services, Webhooks& webhooks);
void add_challenges(rest::Engine& engine, rest::Services& services, Webhooks& webhooks, Counters& counters);

}  // namespace resources
}  // namespace dialtone::verify
