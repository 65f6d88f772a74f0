// Prints the newest messages of the account: message_history [LIMIT]

#include <cstdlib>
#include <iostream>

#include "twilio/api/v2010.hpp"

int main(int count, char** arguments) {
  try {
    twilio::Client client;
    for (const auto& message : client.api().messages().list({.limit = count > 1 ? std::atoi(arguments[1]) : 20})) {
      std::cout << message.sid << ' ' << message.direction << ' ' << message.from << " -> " << message.to << ": "
                << message.body << '\n';
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
