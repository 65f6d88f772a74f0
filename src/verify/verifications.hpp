#pragma once
// Verify v2: a code goes to a phone and comes back. A verification is pending until its code is checked, its time is
// over, or it was canceled; what is finished is not found any more. Source: Verify v2 API; the fact sheet,
// section 10.3.

#include <string>
#include <unordered_map>
#include <vector>

#include "base/e164.hpp"
#include "messaging/carrier.hpp"
#include "messaging/messaging_services.hpp"
#include "rest/context.hpp"

namespace dialtone::verify {

inline constexpr std::size_t kSendsMax = 5;  ///< in kLifetime
inline constexpr std::size_t kChecksMax = 5;
inline constexpr std::chrono::minutes kLifetime{10};
inline constexpr std::size_t kCodeLengthDefault = 6;
inline constexpr std::string_view kSender = "22395";  ///< a short code; Verify's messages are in no account's log

namespace errors {
inline constexpr ErrorRow kInvalidParameter{60200, 400, "Invalid parameter"};
inline constexpr ErrorRow kMaxChecks{60202, 429, "Max check attempts reached"};
inline constexpr ErrorRow kMaxSends{60203, 429, "Max send attempts reached"};
inline constexpr ErrorRow kCustomCodeDisabled{60204, 403, "Service does not support custom verification codes"};
inline constexpr ErrorRow kLandline{60205, 403, "SMS is not supported by landline phone number"};
inline constexpr ErrorRow kAmountAndPayee{60206, 400, "Amount and Payee params are required"};
inline constexpr ErrorRow kChannelDisabled{60223, 400, "Delivery channel is disabled"};
}  // namespace errors

struct Verification {
  std::string sid, account_sid, service_sid, to, channel, status;
  std::string code, amount, payee, locale;
  TimePoint created, updated;
  struct Attempt {
    TimePoint at;
    std::string channel, sid;
  };
  std::vector<Attempt> attempts;
  std::size_t checks = 0;

  [[nodiscard]] bool expired(TimePoint now) const { return now >= created + kLifetime; }
};

struct StartRequest {
  rest::AccountPtr account;
  std::string service_sid;
  json::object service;  ///< the service's resource
  std::string to, channel, custom_code, friendly_name, locale, amount, payee, template_sid, substitutions, rate_limits;
};

class Verifications {
 public:
  Verifications(rest::Services& services, messaging::Carrier& carrier) : services_(services), carrier_(carrier) {}

  /// Messaging services that may send codes (MessagingConfigurations).
  void use(messaging::MessagingServices& pools) { pools_ = &pools; }

  /// Sends a code; a pending verification of the same recipient sends its own again. Errors: 602xx, 20429.
  Task<Result<Verification>> start(StartRequest request);
  /// Compares a code. Nothing when there is no such pending verification. Error: 60202.
  Task<Result<std::optional<Verification>>> check(rest::AccountPtr account, std::string service_sid,
                                                  std::string to_or_sid, std::string code, std::string amount,
                                                  std::string payee);
  /// Sets `canceled` or `approved`. Nothing when there is no such pending verification.
  Task<Result<std::optional<Verification>>> finish(rest::AccountPtr account, std::string service_sid,
                                                   std::string to_or_sid, std::string status);
  /// By SID or recipient; nothing when it is finished or over.
  Task<std::optional<Verification>> find(const rest::Account& account, std::string service_sid, std::string to_or_sid);

  /// The resource in the API's JSON.
  static json::object to_json(const Verification& verification);

  rest::Services& services() { return services_; }

  /// Forgets what was only counted in memory.
  void forget() { buckets_.clear(); }

 private:
  /// Who sends to this phone: kSender, or one of the messaging service that is configured for its country.
  Task<std::string> sender_for(const StartRequest& request, E164 to);
  Task<Result<>> check_rate_limits(const StartRequest& request);
  Task<Result<std::string>> text(const StartRequest& request, const std::string& code);
  void put(store::Transaction& transaction, const Verification& verification, std::string_view event) const;
  void put_attempt(store::Transaction& transaction, const Verification& verification,
                   const Verification::Attempt& attempt) const;
  Task<std::optional<std::pair<Verification, store::RecordPtr>>> load(const rest::Account& account,
                                                                      std::string service_sid, std::string to_or_sid);

  rest::Services& services_;
  messaging::Carrier& carrier_;
  messaging::MessagingServices* pools_ = nullptr;
  std::unordered_map<std::string, std::vector<TimePoint>> buckets_;  ///< times of use, by bucket and value
};

/// `<account>/verify/v2/Services/<service>/Verifications`
std::string verification_scope(std::string_view account_sid, std::string_view service_sid);

}  // namespace dialtone::verify
