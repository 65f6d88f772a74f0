#pragma once
// Verifying that somebody may call from a number that is not Twilio's. Twilio calls it and asks for a code of six
// digits that the API has given; here the phone gets a message with the code, and enters it through the control API.
// The caller ID exists once the code was right. Source: the fact sheet, section 9.3.
//
//   API ── request ──▶ [outbox caller_id.call] ──▶ message to the phone ──▶ [outbox caller_id.expire]
//   phone ── enter ──▶ caller ID, [outbox webhook.caller_id]

#include "messaging/messenger.hpp"

namespace dialtone::messaging {

inline constexpr std::chrono::minutes kCallerIdAnswerMax{5};  ///< after which nobody has answered
inline constexpr int kCallerIdTriesMax = 3;
inline constexpr std::string_view kValidationCaller = "+14157234000";

namespace errors {
inline constexpr ErrorRow kAlreadySender{21449, 400, "The phone number is already one of your Twilio numbers"};
inline constexpr ErrorRow kAlreadyVerified{21450, 400, "Phone number is already verified"};
inline constexpr ErrorRow kInvalidCallDelay{21454, 400, "CallDelay must be a number of seconds from 0 to 60"};
inline constexpr ErrorRow kInvalidCallbackUrl{21502, 400, "Invalid callback URL"};
inline constexpr ErrorRow kNoValidation{20404, 404, "No caller ID of this number waits to be verified"};
inline constexpr ErrorRow kWrongCode{20001, 400, "The code is wrong"};
}  // namespace errors

/// `<account>/api/OutgoingCallerIds`
std::string caller_id_scope(std::string_view account_sid);

class CallerIds {
 public:
  CallerIds(rest::Services& services, rest::Authenticator& accounts, Numbers& numbers, Carrier& carrier,
            monitor::Alerts& alerts, webhook::Client& client)
      : services_(services),
        accounts_(accounts),
        numbers_(numbers),
        carrier_(carrier),
        alerts_(alerts),
        client_(client) {}
  /// Registers with the outbox. Call once, before the ledger starts.
  void start();

  struct Request {
    rest::AccountPtr account;
    std::string phone_number;
    std::string friendly_name;
    std::chrono::seconds delay{0};
    std::string status_callback;
    std::string status_callback_method;
  };
  /// Begins; the answer is the ValidationRequest of the API. Errors: 21401, 21449, 21450, 21502.
  Task<Result<json::object>> request(Request request);
  /// The phone enters a code: the answer is the caller ID. Errors: 20404, 20001.
  Task<Result<json::object>> enter(rest::AccountPtr account, std::string phone_number, std::string code);

 private:
  Task<bool> is_verified(std::string_view account_sid, std::string_view phone_number);
  Task<Result<>> call(store::OutboxRow row);
  Task<Result<>> expire(store::OutboxRow row);
  Task<Result<>> call_back(store::OutboxRow row);
  /// Tells the application how it ended; `sid` is the caller ID's, empty when there is none.
  void add_callback(store::Transaction& transaction, const json::object& request, std::string_view sid) const;

  rest::Services& services_;
  rest::Authenticator& accounts_;
  Numbers& numbers_;
  Carrier& carrier_;
  monitor::Alerts& alerts_;
  webhook::Client& client_;
};

}  // namespace dialtone::messaging
