// Experience 3: the history of messages.

#include "laboratory.hpp"
#include "twilio/api/v2010.hpp"

namespace laboratory {

std::vector<Route> experience3(twilio::Client& client, const Settings&) {
  auto history = [&client](const Request&) -> Answer {
    twilio::Json rows = twilio::Json::array({});
    for (const auto& message : client.api().messages().list({.limit = 20})) rows.add(message.raw.json());
    return {.body = twilio::Json::object({{"messages", rows}}).dump()};
  };
  auto one = [&client](const Request& request) -> Answer {
    const std::string& given = request.path_values.at("sid");
    auto message = client.api().messages(sid(given, given.starts_with("MM") ? "MM" : "SM", "message")).fetch();
    return {.body = std::string(message.raw.text())};
  };
  return {{"GET", "/experience3/history", history}, {"GET", "/experience3/history/:sid", one}};
}

}  // namespace laboratory
