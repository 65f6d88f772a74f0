#pragma once
// What the United States ask of who writes to their phones: a brand and a campaign for long codes (A2P 10DLC), a
// verification for toll-free numbers. Others decide on each, after a while: a registration moves from status to status
// by itself, on the program's clock, and somebody who plays the reviewer may decide otherwise through the control API.
// Sources: Twilio, A2P 10DLC and Toll-Free Verification onboarding guides; error dictionary, 30032 and 30034.

#include <string>
#include <vector>

#include "rest/context.hpp"

namespace dialtone::messaging {

/// What a reviewer needs at each step; in truth it is minutes to weeks.
inline constexpr std::chrono::seconds kReviewTime{10};

std::string brand_scope(std::string_view account_sid);
std::string campaign_scope(std::string_view account_sid, std::string_view service_sid);
std::string tollfree_scope(std::string_view account_sid);
/// `<account>/messaging/#registrations`: by SID, or by toll-free number, where the registration lies.
std::string registration_index_scope(std::string_view account_sid);

class Registrations {
 public:
  /// A change that comes `after` the one before it, if the status is still `from` by then.
  struct Step {
    std::string from;
    json::object set;
    Duration after = kReviewTime;
  };

  explicit Registrations(rest::Services& services) : services_(services) {}
  /// Registers with the outbox.
  void start();

  /// A brand's way: PENDING, then APPROVED.
  void review_brand(store::Transaction& transaction, const json::object& brand);
  /// A campaign's way: PENDING, IN_PROGRESS, VERIFIED.
  void review_campaign(store::Transaction& transaction, const json::object& campaign);
  /// PENDING_REVIEW, IN_REVIEW, TWILIO_APPROVED.
  void review_tollfree(store::Transaction& transaction, const json::object& verification);
  /// A bundle of papers for a country: pending-review, in-review, twilio-approved.
  void review_bundle(store::Transaction& transaction, const json::object& bundle);
  /// A secondary vetting: PENDING, SUCCESS; the brand is VETTED_VERIFIED then.
  void review_vetting(store::Transaction& transaction, const json::object& vetting);
  /// The owner of a sole proprietor's phone says YES to the password that was sent there.
  void confirm_identity(store::Transaction& transaction, const json::object& brand);

  struct Decision {
    std::string status;
    std::string reason;
    int error_code = 0;
  };
  /// Decides on a brand, campaign, toll-free verification or bundle at once. Errors: 20404, 20001.
  Task<Result<json::object>> decide(std::string account_sid, std::string sid, Decision decision);

  /// May a long code of this service write to the United States?
  Task<bool> has_campaign(std::string account_sid, std::string service_sid);
  /// Is the toll-free number verified?
  Task<bool> is_verified(std::string account_sid, std::string phone_number);

 private:
  struct Place {
    std::string account_sid, scope, id;
    std::string_view status;  ///< the property that says it
  };
  void plan(store::Transaction& transaction, const Place& place, std::vector<Step> steps);
  Task<Result<>> move(store::OutboxRow row);
  Task<> write(store::Transaction& transaction, Place place, store::RecordPtr seen, json::object set);

  rest::Services& services_;
};

}  // namespace dialtone::messaging
