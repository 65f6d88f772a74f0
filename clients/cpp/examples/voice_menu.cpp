// What a webhook of calls does, without a server around it: is the request Twilio's, and what is the answer?
// voice_menu URL SIGNATURE [NAME=VALUE…], with TWILIO_AUTH_TOKEN set.

#include <cstdlib>
#include <iostream>

#include "twilio/request_validator.hpp"
#include "twilio/twiml.hpp"

int main(int count, char** arguments) {
  const char* token = std::getenv("TWILIO_AUTH_TOKEN");
  if (count < 3 || !token) return 2;
  twilio::RequestValidator::Parameters parameters;
  std::string digits;
  for (int i = 3; i < count; ++i) {
    std::string pair = arguments[i];
    std::size_t equals = pair.find('=');
    parameters.emplace_back(pair.substr(0, equals), equals == std::string::npos ? "" : pair.substr(equals + 1));
    if (parameters.back().first == "Digits") digits = parameters.back().second;
  }
  if (!twilio::RequestValidator(token).validate(arguments[2], arguments[1], parameters)) {
    std::cerr << "not from Twilio\n";
    return 1;
  }
  twilio::twiml::VoiceResponse response;
  if (digits.empty()) {
    auto gather = response.gather({.num_digits = 1, .timeout = 5});
    gather.say("For the opening hours press 1, for a person press 2.");
    response.redirect(arguments[1], {.method = "POST"});
  } else if (digits == "1") {
    response.say("We are open from nine to five.");
    response.hangup();
  } else {
    response.dial("+15558675310", {.timeout = 20});
  }
  std::cout << response.xml() << '\n';
}
