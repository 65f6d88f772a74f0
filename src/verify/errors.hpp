#pragma once
// What Verify refuses. Source of codes, statuses and texts: error dictionary, 60200 to 60605 and 68008.

#include "base/error.hpp"

namespace dialtone::verify::errors {

inline constexpr ErrorRow kInvalidParameter{60200, 400, "Invalid parameter"};
inline constexpr ErrorRow kNotApproved{60201, 400, "Selected template translation is not approved"};
inline constexpr ErrorRow kMaxChecks{60202, 429, "Max check attempts reached"};
inline constexpr ErrorRow kMaxSends{60203, 429, "Max send attempts reached"};
inline constexpr ErrorRow kCustomCodeDisabled{60204, 403, "Service does not support custom verification codes"};
inline constexpr ErrorRow kLandline{60205, 403, "SMS is not supported by landline phone number"};
inline constexpr ErrorRow kAmountAndPayee{60206, 400, "'Amount' & 'Payee' params are required"};
inline constexpr ErrorRow kMaxRateLimits{60207, 400, "Max rate limits per service reached"};
inline constexpr ErrorRow kRateLimitExists{60208, 400, "Rate limit with that UniqueName already exists"};
inline constexpr ErrorRow kUniqueName{60209, 400, "UniqueName format is invalid"};
inline constexpr ErrorRow kMaxBuckets{60210, 400, "Max Buckets per Rate limit reached"};
inline constexpr ErrorRow kBucketExists{60211, 400, "Bucket with the given Interval already exists"};
inline constexpr ErrorRow kConcurrent{60212, 429, "Too many concurrent requests for phone number"};
inline constexpr ErrorRow kConfigurationExists{60213, 400,
                                               "A Messaging Configuration already exists for the given country"};
inline constexpr ErrorRow kCallWithPsd2{60214, 400, "Call channel is not supported when using PSD2"};
inline constexpr ErrorRow kNoMailer{60217, 400, "Invalid Service configuration"};
inline constexpr ErrorRow kMailTemplateInactive{60218, 400, "SendGrid Template is not active"};
inline constexpr ErrorRow kMailTemplateBare{60219, 400, "SendGrid Template does not contain required placeholders"};
inline constexpr ErrorRow kChina{60220, 400, "Messages to China require use case vetting"};
inline constexpr ErrorRow kNoTarget{60221, 400, "No target verification specified"};
inline constexpr ErrorRow kMailSender{60222, 403, "SendGrid from address does not match a verified Sender Identity"};
inline constexpr ErrorRow kChannelDisabled{60223, 400, "Delivery channel disabled"};
inline constexpr ErrorRow kSubstitutions{60224, 400, "Missing substitutions for selected template"};
inline constexpr ErrorRow kTemplateUnknown{60228, 400, "Template was not found"};
inline constexpr ErrorRow kBlockedCountry{60238, 403, "Verification Creation Attempt blocked by Twilio"};
inline constexpr ErrorRow kTooLong{60247, 400, "Message Length Exceeded"};
inline constexpr ErrorRow kTemplates{60251, 400, "Invalid Templates parameter"};
inline constexpr ErrorRow kNoTemplateFits{60252, 400, "Templates are invalid"};
inline constexpr ErrorRow kSnaWithPsd2{60329, 400, "Verify SNA does not work with psd2_enabled"};
inline constexpr ErrorRow kFraudGuard{60410, 403, "Verification delivery attempt blocked"};
inline constexpr ErrorRow kSafeListed{60411, 400, "Phone Number already exists in Safelist"};
inline constexpr ErrorRow kAppHash{60602, 400, "App hash can only be used with SMS channel"};
inline constexpr ErrorRow kGeoPermission{60605, 403, "Verification delivery attempt blocked"};
inline constexpr ErrorRow kWhatsApp{68008, 400, "Verify WhatsApp channel not configured"};

// Entities, factors, challenges.
inline constexpr ErrorRow kEntityExists{60301, 409, "Entity already exists"};
inline constexpr ErrorRow kAccessToken{60305, 400, "Access Token parameters are invalid"};
inline constexpr ErrorRow kMalformed{60306, 400, "Invalid Request"};
inline constexpr ErrorRow kNoNotifications{60307, 400,
                                           "Cannot resend push notifications to 'none' notification platform"};
inline constexpr ErrorRow kChallengeAttempts{60308, 429, "Challenge verification attempts limit reached"};
inline constexpr ErrorRow kFactorAttempts{60310, 429, "Factor verification attempts reached"};
inline constexpr ErrorRow kFactorFailed{60311, 403, "Factor verification failed"};
inline constexpr ErrorRow kChallengeLimit{60312, 429, "Challenge creation limit reached"};
inline constexpr ErrorRow kTokenUnfit{60313, 403, "Unauthorized factor creation"};
inline constexpr ErrorRow kBindingFormat{60314, 400, "Factors binding format is invalid"};
inline constexpr ErrorRow kFactorLimit{60315, 400, "Reached max limit of Factors associated per Entity"};
inline constexpr ErrorRow kFactorExists{60317, 409, "Factor already exists"};
inline constexpr ErrorRow kFactorUnverified{60318, 403, "Factor is unverified"};
inline constexpr ErrorRow kChallengeAnswered{60322, 403, "Challenge already responded"};
inline constexpr ErrorRow kChallengeExpired{60323, 403, "Challenge expired"};
inline constexpr ErrorRow kChallengeFailed{60324, 403, "Challenge verification failed"};

// Never an API's answer: codes of alerts.
inline constexpr ErrorRow kLocaleMissing{60325, 0, "Translation for locale not found, using default"};
inline constexpr ErrorRow kChannelWithoutTemplate{60327, 0,
                                                  "Channel not supported by template; falling back to static message"};
inline constexpr ErrorRow kWebhookFailed{60330, 0, "Failed to invoke the webhook"};

/// `Invalid parameter: To`
inline Error invalid(std::string_view parameter) {
  return {kInvalidParameter, std::string("Invalid parameter: ").append(parameter)};
}

/// The same of what concerns entities, factors and challenges.
inline Error malformed(std::string_view parameter) {
  return {kMalformed, std::string("Invalid Request: ").append(parameter)};
}

}  // namespace dialtone::verify::errors
