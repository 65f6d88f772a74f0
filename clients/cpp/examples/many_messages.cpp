// Sends the same text to many at once, with coroutines: many_messages BODY TO…

#include <cstdlib>
#include <iostream>
#include <vector>

#include "twilio/api/v2010.hpp"
#include "twilio/task.hpp"

twilio::Task<int> send_to_all(twilio::Client& client, std::string from, std::string body,
                              std::vector<std::string> numbers) {
  std::vector<twilio::Pending<twilio::api::v2010::Message>> under_way;
  for (const auto& to : numbers)
    under_way.push_back(client.api().messages().create_async({.to = to, .from = from, .body = body}));
  int failed = 0;
  for (auto& each : under_way) {
    try {
      auto message = co_await each;
      std::cout << message.to << ' ' << message.sid << '\n';
    } catch (const twilio::Error& error) {
      std::cout << error.what() << '\n';
      ++failed;
    }
  }
  co_return failed;
}

int main(int count, char** arguments) {
  const char* from = std::getenv("TWILIO_NUMBER");
  if (count < 3 || !from) {
    std::cerr << "many_messages BODY TO…, with TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_NUMBER set\n";
    return 2;
  }
  twilio::Client client;
  return send_to_all(client, from, arguments[1], {arguments + 2, arguments + count}).get() == 0 ? 0 : 1;
}
