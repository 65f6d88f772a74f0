// Experience 1: an SMS.

#include "laboratory.hpp"
#include "twilio/api/v2010.hpp"

namespace laboratory {

std::vector<Route> experience1(twilio::Client& client, const Settings& settings) {
  auto send = [&](const Request& request) -> Answer {
    auto message = client.api().messages().create({.to = phone_number(request.body["number"], settings.my_number),
                                                   .from = settings.number,
                                                   .body = "I've made the Kessel Run in less than twelve parsecs."});
    return {.status = 201, .body = std::string(message.raw.text())};
  };
  return {{"POST", "/send-sms", send}};
}

}  // namespace laboratory
