// Signs requests for the tests, so that the official SDK can judge what webhook::sign makes. One request a line on
// stdin:
// {"token", "url", "params": [[name, value], …]} or {"token", "url", "body"}; a line of {"url", "signature"} for each
// on stdout.

#include <iostream>
#include <string>

#include "base/json.hpp"
#include "webhook/signature.hpp"
#include "webhook/url.hpp"

int main() {
  using namespace dialtone;
  for (std::string line; std::getline(std::cin, line);) {
    const json::value value = json::parse(line);
    const json::object& request = value.as_object();
    std::string url(text_of(request, "url"));
    const std::string token(text_of(request, "token"));
    FormPairs params;
    if (const auto* given = request.if_contains("params")) {
      for (const auto& pair : given->as_array()) params.emplace_back(pair.at(0).as_string(), pair.at(1).as_string());
    }
    if (request.contains("body")) url = webhook::with_body_hash(url, text_of(request, "body"));
    url = webhook::parse_url(url).value().text();  // as the client asks for it
    std::cout << wire_json({{"url", url}, {"signature", webhook::sign(token, url, params)}}) << '\n';
  }
}
