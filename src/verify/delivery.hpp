#pragma once
// How a code reaches its recipient: over a phone's channels, or as a mail into a mailbox that the control API shows.

#include <optional>
#include <string>

#include "base/e164.hpp"
#include "messaging/carrier.hpp"
#include "messaging/messaging_services.hpp"
#include "monitor/alerts.hpp"
#include "rest/context.hpp"
#include "verify/wording.hpp"

namespace dialtone::verify {

inline constexpr std::string_view kSender = "22395";  ///< a short code; Verify's messages are in no account's log
inline constexpr std::string_view kWhatsAppSender = "whatsapp:+14155238886";
inline constexpr std::string_view kRcsSender = "rcs:verify";

struct Parcel {
  rest::AccountPtr account;
  std::string service_sid;
  std::string verification_sid;
  const json::object& service;   ///< its resource
  const json::object& settings;  ///< settings.hpp
  std::string channel;           ///< sms, whatsapp, rcs, email
  std::string to;
  std::optional<E164> number = {};  ///< of a phone
  Wording wording;
  std::string code;
  std::string channel_configuration = {};  ///< of a mail: JSON with from, from_name, template_id, substitutions
};

struct Delivered {
  std::string status = "delivered";  ///< of the message
  int error_code = 0;
};

class Delivery {
 public:
  Delivery(rest::Services& services, messaging::Carrier& carrier) : services_(services), carrier_(carrier) {}

  /// Messaging services that may send codes.
  void use(messaging::MessagingServices& pools) { pools_ = &pools; }
  /// Who is told of what did not go as wished.
  void use(monitor::Alerts& alerts) { alerts_ = &alerts; }

  /// Adds the message, or the mail, to the transaction. Errors: 60200, 60217 to 60219, 60222, 68008.
  Task<Result<Delivered>> send(Parcel parcel, store::Transaction& transaction);

 private:
  Task<Result<std::string>> sender_of(const Parcel& parcel);
  Result<> mail(const Parcel& parcel, store::Transaction& transaction) const;

  rest::Services& services_;
  messaging::Carrier& carrier_;
  messaging::MessagingServices* pools_ = nullptr;
  monitor::Alerts* alerts_ = nullptr;
};

/// The account's mails, `<account>/dialtone/Mails`; their term `to` is the recipient.
std::string mail_scope(std::string_view account_sid);

}  // namespace dialtone::verify
