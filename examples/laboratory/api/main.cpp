// The laboratory's API service: laboratory_api [PORT [FOLDER_OF_THE_PAGE]]

#include <cstdlib>
#include <iostream>

#include "laboratory.hpp"

using namespace laboratory;

int main(int count, char** arguments) {
  try {
    Settings settings = Settings::read();
    twilio::Client client(settings.account_sid, settings.auth_token);
    std::vector<Route> routes;
    for (auto experience : {experience1, experience2, experience3, experience4}) {
      for (Route& each : experience(client, settings)) routes.push_back(std::move(each));
    }
    routes.push_back({"GET", "/settings", [&](const Request&) -> Answer {
                        return {.body = twilio::Json::object({{"accountSid", settings.account_sid},
                                                              {"number", settings.number},
                                                              {"myNumber", settings.my_number},
                                                              {"dialtone", settings.dialtone}})
                                            .dump()};
                      }});
    Server server(std::move(routes), count > 2 ? arguments[2] : "");
    auto port = static_cast<unsigned short>(count > 1 ? std::atoi(arguments[1]) : 3426);
    server.run(port,
               [](unsigned short at) { std::cout << "The laboratory is at http://127.0.0.1:" << at << std::endl; });
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
