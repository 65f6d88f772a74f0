// Experience 4: a call that the deployed function answers.

#include "laboratory.hpp"
#include "twilio/api/v2010.hpp"

namespace laboratory {

std::vector<Route> experience4(twilio::Client& client, const Settings& settings) {
  // As a plain request, because the answer's headers matter here: a network that keeps the call but cannot yet place it
  // says so.
  auto call = [&client, &settings](const Request& request) -> Answer {
    std::string fields;
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"To", settings.my_number},
                                      {"From", settings.number},
                                      {"Url", https_url(request.body["url"])}}) {
      fields += (fields.empty() ? "" : "&") + name + "=";
      for (unsigned char c : value) {
        constexpr char kHex[] = "0123456789ABCDEF";
        if (std::isalnum(c))
          fields += static_cast<char>(c);
        else
          fields += {'%', kHex[c >> 4], kHex[c & 15]};
      }
    }
    auto answer =
        client.request({.method = "POST",
                        .url = "https://api.twilio.com/2010-04-01/Accounts/" + client.account_sid() + "/Calls.json",
                        .body = fields,
                        .content_type = "application/x-www-form-urlencoded"});
    if (answer.status < 300 &&
        (answer.header("Dialtone-Behaviour") == "generic" || answer.header("Dialtone-Behaviour") == "none")) {
      return {
          .status = 501,
          .body =
              R"({"status":501,"message":"This network has no voice yet: the call was noted, and nothing rings."})"};
    }
    return {.status = answer.status, .body = answer.body};
  };
  auto one = [&client](const Request& request) -> Answer {
    auto found = client.api().calls(sid(request.path_values.at("sid"), "CA", "call")).fetch();
    return {.body = std::string(found.raw.text())};
  };
  return {{"POST", "/experience4/call", call}, {"GET", "/experience4/call/:sid", one}};
}

}  // namespace laboratory
