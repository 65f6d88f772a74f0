// Sends one message and prints what became of it: send_message TO BODY
// Reads TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_NUMBER.

#include <cstdlib>
#include <iostream>

#include "twilio/api/v2010.hpp"

int main(int count, char** arguments) {
  const char* from = std::getenv("TWILIO_NUMBER");
  if (count != 3 || !from) {
    std::cerr << "send_message TO BODY, with TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_NUMBER set\n";
    return 2;
  }
  try {
    twilio::Client client;
    auto message = client.api().messages().create({.to = arguments[1], .from = from, .body = arguments[2]});
    std::cout << message.sid << ' ' << message.status << '\n';
  } catch (const twilio::ApiError& error) {
    std::cerr << error.what() << "\n" << error.more_info() << '\n';
    return 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
