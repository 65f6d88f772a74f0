#include <charconv>

#include "accounts/resources/resources.hpp"
#include "base/base64.hpp"

namespace dialtone::accounts::resources {
namespace {

constexpr std::int64_t kTtlDefault = 86400;  ///< seconds; also the longest

json::array ice_servers(const std::string& username, const std::string& password) {
  json::array out;
  out.push_back(
      json::object{{"url", "stun:global.stun.twilio.com:3478"}, {"urls", "stun:global.stun.twilio.com:3478"}});
  for (const std::string_view url :
       {"turn:global.turn.twilio.com:3478?transport=udp", "turn:global.turn.twilio.com:3478?transport=tcp",
        "turn:global.turn.twilio.com:443?transport=tcp"}) {
    out.push_back(json::object{{"url", url}, {"urls", url}, {"username", username}, {"credential", password}});
  }
  return out;
}

}  // namespace

/// Credentials for STUN and TURN servers. They are Twilio's names: a browser that calls through Dialtone is on the same
/// machine or network and reaches it without them.
rest::Resource tokens(rest::Services& services) {
  return {
      .host = "api",
      .path = "/2010-04-01/Accounts/{AccountSid}/Tokens.json",
      .methods = {{.method = catalogue::Method::kPost, .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                     std::int64_t ttl = kTtlDefault;
                     if (const auto* text = context.form.find("Ttl"); text && !text->empty()) {
                       const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), ttl);
                       if (error != std::errc() || end != text->data() + text->size() || ttl < 1)
                         co_return fail({errors::kBadRequest, fmt::format("Invalid Ttl: {}", *text)});
                       ttl = std::min(ttl, kTtlDefault);
                     }
                     const std::string username = random_hex(32);
                     const std::string password = base64_encode(random_hex(16));
                     const std::string now = rfc2822(services.clock.now());
                     co_return rest::Reply{.status = 201,
                                           .body = wire_json({{"username", username},
                                                              {"ice_servers", ice_servers(username, password)},
                                                              {"date_updated", now},
                                                              {"account_sid", context.account->sid},
                                                              {"ttl", std::to_string(ttl)},
                                                              {"date_created", now},
                                                              {"password", password}})};
                   }}}};
}

}  // namespace dialtone::accounts::resources
