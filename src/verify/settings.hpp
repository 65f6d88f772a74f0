#pragma once
// What Twilio sets for a Verify service in its Console or by hand, and no operation of its API can: the mailer,
// channels that are switched off, what its guards against fraud refuse. Here the control API sets it.

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/task.hpp"
#include "store/store.hpp"

namespace dialtone::verify {

inline constexpr std::size_t kMailTemplatesMax = 100;
inline constexpr std::size_t kSettingListMax = 300;  ///< countries, prefixes

/// All of a service's settings, as the control API shows them: `channels_off`, `blocked_countries`, `blocked_prefixes`,
/// `china_vetted` and `mailer` (null, or from, from_name, default_template_id and templates by id: subject, text).
Task<json::object> service_settings(store::Store& store, std::string account_sid, std::string service_sid);

/// Takes over into `settings` what `changes` names. Error: 20001, which says what is wrong; nothing is taken then.
Result<> change_settings(json::object& settings, const json::object& changes);

/// `<account>/dialtone/VerifySettings`, one record for each service.
std::string settings_scope(std::string_view account_sid);

/// Is the text in one of the settings' lists?
bool lists(const json::object& settings, std::string_view name, std::string_view text);

/// `a@b.c`, roughly: one @ with something on both sides, no blanks.
bool is_mail_address(std::string_view text);

}  // namespace dialtone::verify
