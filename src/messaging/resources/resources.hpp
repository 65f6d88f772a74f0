#pragma once
// The REST resources of this module; each is one file beside this one, named after its function.

#include "base/e164.hpp"
#include "messaging/caller_ids.hpp"
#include "messaging/messenger.hpp"
#include "rest/engine.hpp"

namespace dialtone::messaging::resources {

/// Registers all of this module's resources.
void add_all(rest::Engine& engine, Messenger& messenger);

rest::Resource messages(Messenger& messenger);
rest::Resource message(Messenger& messenger);
rest::Resource media_list(Messenger& messenger);
rest::Resource media(Messenger& messenger);
rest::Resource feedback(Messenger& messenger);
rest::Resource messaging_services(rest::Engine& engine, Messenger& messenger);
rest::Resource messaging_service(rest::Engine& engine, Messenger& messenger);
/// The senders of a service's pool, a collection for each kind.
std::vector<rest::Resource> service_senders(Messenger& messenger);
/// Templates of the Content API, both versions, with what WhatsApp says of them.
std::vector<rest::Resource> content(rest::Engine& engine, Messenger& messenger);
/// Registration of who writes to the United States: brands, campaigns, toll-free verifications.
void add_brand_registrations(rest::Engine& engine, Messenger& messenger);
void add_us_app_to_person(rest::Engine& engine, Messenger& messenger);
rest::Resource geo_permissions(Messenger& messenger);
void add_link_shortening(rest::Engine& engine, Messenger& messenger);
void add_tollfree_verifications(rest::Engine& engine, Messenger& messenger);
void add_regulatory_bundles(rest::Engine& engine, Messenger& messenger);
rest::Resource short_codes(rest::Engine& engine);
rest::Resource short_code(rest::Engine& engine, Messenger& messenger);
/// `path` is the collection or one of its views by kind (Local, Mobile, TollFree).
rest::Resource incoming_phone_numbers(Messenger& messenger, std::string_view path);
rest::Resource incoming_phone_number(Messenger& messenger);

/// Makes a number as the API does; used at first start, too. Errors: 21421, 21422, 21451, …
Task<Result<std::string>> create_number(Messenger& messenger, rest::AccountPtr account, const rest::Fields& form,
                                        const rest::Context* asked = nullptr);
/// A number that was bought can what numbers of its country and kind can; one that the user brought takes messages.
enum class NumberOrigin : std::uint8_t { kBought, kBrought };
/// A number's resource as a purchase makes it, kept nowhere yet. Errors: 20002, 21402, 21403, 21407.
Result<json::object> draft_number(Messenger& messenger, const std::string& account_sid, const E164& phone,
                                  const rest::Fields& form, NumberOrigin origin);
/// Adds a number that is free to a transaction; Numbers::remember() what it answers. Errors: 20002, 21402, 21403,
/// 21407.
Result<json::object> add_number(Messenger& messenger, store::Transaction& transaction, const std::string& account_sid,
                                const E164& phone, const rest::Fields& form, NumberOrigin origin);

void add_outgoing_caller_ids(rest::Engine& engine, CallerIds& caller_ids);
void add_applications(rest::Engine& engine, rest::Services& services);
/// What test credentials may do: the magic numbers. See test_credentials.cpp.
void add_for_test_credentials(rest::Engine& engine, Messenger& messenger);
/// Gives an account a short code; Twilio's API cannot. Errors: 21402, 21421, 21422.
Task<Result<json::object>> create_short_code(Messenger& messenger, rest::AccountPtr account, std::string code,
                                             std::string sms_url);

}  // namespace dialtone::messaging::resources
