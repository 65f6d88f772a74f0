#pragma once
// Verify v2: a code goes to a phone and comes back. A verification is pending until its code is checked, its time is
// over, or it was canceled; what is finished is not found any more. Source: Verify v2 API; the fact sheet,
// section 10.3.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rest/context.hpp"
#include "verify/delivery.hpp"
#include "verify/errors.hpp"
#include "verify/rate_limits.hpp"

namespace dialtone::verify {

inline constexpr std::size_t kSendsMax = 5;  ///< in kLifetime
inline constexpr std::size_t kChecksMax = 5;
inline constexpr std::chrono::minutes kLifetime{10};
inline constexpr std::size_t kCodeLengthDefault = 6;
struct Verification {
  std::string sid, account_sid, service_sid, to, channel, status;
  std::string code, amount, payee, locale;
  std::string line_type;  ///< of the number, where the service looks it up; else empty
  TimePoint created, updated;
  struct Attempt {
    TimePoint at;
    std::string channel, sid;
    Delivered delivered = {};
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
  std::string templates, app_hash, channel_configuration, device_ip, tags;
  bool risk_check = true;  ///< may guards against fraud refuse it?
};

class Verifications {
 public:
  Verifications(rest::Services& services, messaging::Carrier& carrier)
      : services_(services), delivery_(services, carrier) {}

  Delivery& delivery() { return delivery_; }
  Counters& counters() { return counters_; }

  /// Sends a code; a pending verification of the same recipient sends its own again. Errors: 602xx, 604xx, 20429.
  Task<Result<Verification>> start(StartRequest request);
  /// Compares a code. Nothing when there is no such pending verification. Error: 60202.
  Task<Result<std::optional<Verification>>> check(rest::AccountPtr account, std::string service_sid,
                                                  std::string to_or_sid, std::string code, std::string amount,
                                                  std::string payee);
  /// Sets `canceled` or `approved`. Nothing when there is no such pending verification.
  Task<Result<std::optional<Verification>>> finish(rest::AccountPtr account, std::string service_sid,
                                                   std::string to_or_sid, std::string status);
  /// By SID or recipient; nothing when it is finished or over. Error: 20429, for it may be looked at only so often.
  Task<Result<std::optional<Verification>>> find(rest::AccountPtr account, std::string service_sid,
                                                 std::string to_or_sid);

  /// The resource in the API's JSON.
  static json::object to_json(const Verification& verification);

  rest::Services& services() { return services_; }

  /// Forgets what was only counted in memory.
  void forget() { counters_.forget(); }

 private:
  /// One send of a request that may be made: adds to the pending verification, or begins one.
  Task<Result<Verification>> send(StartRequest request, std::optional<E164> number, json::object settings);
  void put(store::Transaction& transaction, const Verification& verification, std::string_view event) const;
  void put_attempt(store::Transaction& transaction, const Verification& verification,
                   const Verification::Attempt& attempt) const;
  Task<std::optional<std::pair<Verification, store::RecordPtr>>> load(const rest::Account& account,
                                                                      std::string service_sid, std::string to_or_sid);

  rest::Services& services_;
  Delivery delivery_;
  Counters counters_;
  std::set<std::string> starting_;  ///< recipients to whom a code is being sent
};

/// `<account>/verify/v2/Services/<service>/Verifications`
std::string verification_scope(std::string_view account_sid, std::string_view service_sid);

}  // namespace dialtone::verify
