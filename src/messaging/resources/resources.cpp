#include "messaging/resources/resources.hpp"

namespace dialtone::messaging::resources {

void add_all(rest::Engine& engine, Messenger& messenger) {
  engine.add(messages(messenger));
  engine.add(message(messenger));
  engine.add(media_list(messenger));
  engine.add(media(messenger));
  engine.add(feedback(messenger));
  for (const std::string_view path : {"/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json",
                                      "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/Local.json",
                                      "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/Mobile.json",
                                      "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/TollFree.json"}) {
    engine.add(incoming_phone_numbers(messenger, path));
  }
  engine.add(incoming_phone_number(messenger));
  engine.add(short_codes(engine));
  engine.add(short_code(engine, messenger));
  engine.add(messaging_services(engine, messenger));
  engine.add(messaging_service(engine, messenger));
  add_brand_registrations(engine, messenger);
  add_us_app_to_person(engine, messenger);
  add_tollfree_verifications(engine, messenger);
  add_regulatory_bundles(engine, messenger);
  add_link_shortening(engine, messenger);
  engine.add(geo_permissions(messenger));
  for (rest::Resource& each : service_senders(messenger)) engine.add(std::move(each));
  for (rest::Resource& each : content(engine, messenger)) engine.add(std::move(each));
}

}  // namespace dialtone::messaging::resources
