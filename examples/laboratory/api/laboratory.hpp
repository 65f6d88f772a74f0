#pragma once
// What the experiences share: the settings, the client, and the checks of what people send.

#include <string>
#include <vector>

#include "server.hpp"
#include "twilio/client.hpp"

namespace laboratory {

struct Settings {
  std::string account_sid;  // TWILIO_ACCOUNT_SID
  std::string auth_token;   // TWILIO_AUTH_TOKEN
  std::string number;       // TWILIO_NUMBER
  std::string my_number;    // MY_NUMBER
  std::string scripts;      // the folder of the functions that can be uploaded
  std::string dialtone;     // where a local network runs, http://127.0.0.1:3425; empty for Twilio itself

  /// From the environment, and from .env beside it for what is not there. Throws std::runtime_error when one is
  /// missing.
  static Settings read();
};

/// One experience's routes.
std::vector<Route> experience1(twilio::Client& client, const Settings& settings);
std::vector<Route> experience2(twilio::Client& client, const Settings& settings);
std::vector<Route> experience3(twilio::Client& client, const Settings& settings);
std::vector<Route> experience4(twilio::Client& client, const Settings& settings);

/// A phone number as +15558675310; throws BadInput.
std::string phone_number(const twilio::Json& value, const std::string& otherwise);
/// A SID that begins with `prefix`; throws BadInput.
std::string sid(const std::string& text, std::string_view prefix, std::string_view what);
/// An address of a function; throws BadInput.
std::string https_url(const twilio::Json& value);

}  // namespace laboratory
