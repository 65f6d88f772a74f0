// From a short code to a long code: some networks take nothing from short codes, and some people have them blocked.
// Source: Messaging Services, Fallback to Long Code. Twilio's documents call the feature obsolete and no longer name
// the failures that it stands in for; these are the ones that tell of a network which refuses the sender.

#include <algorithm>
#include <array>

#include "base/e164.hpp"
#include "messaging/messenger.hpp"

namespace dialtone::messaging {
namespace {

constexpr std::array kRefusals{30004, 30006};  ///< blocked; the network cannot be reached

}  // namespace

bool Messenger::falls_back(Message& message, const Report& report, store::Transaction& transaction) {
  if (report.error_code == 0 || message.service_sid.empty() || !is_short_code(message.from)) return false;
  if (std::ranges::find(kRefusals, report.error_code) == kRefusals.end()) return false;
  const auto service = messaging_services_.find(message.service_sid);
  const auto to = E164::parse(message.to);
  if (!service || !service->fallback_to_long_code || !to) return false;
  const Sender* sender = messaging_services_.pick(
      *service, {.to = *to, .media = !message.media_urls.empty() || message.as_mms, .numbers_only = true});
  if (!sender) return false;
  transaction.journal(
      {.at = services_.clock.now(),
       .kind = "message.fell_back",
       .account = message.account_sid,
       .subject = message.sid,
       .data = wire_json(
           json::object{{"from", message.from}, {"to_sender", sender->address}, {"error_code", report.error_code}})});
  message.from = sender->address;
  return true;
}

}  // namespace dialtone::messaging
