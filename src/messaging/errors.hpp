#pragma once
// The rows of the error dictionary that belong to messages. Texts as seen from the API where the fact sheet has them
// (section 2.8); codes without an HTTP status become alerts or a message's error_code.

#include "base/error.hpp"

namespace dialtone::messaging::errors {

inline constexpr ErrorRow kFromRequired{21603, 400, "A 'From' phone number is required."};
inline constexpr ErrorRow kToRequired{21604, 400, "A 'To' phone number is required."};
inline constexpr ErrorRow kBodyRequired{21602, 400, "Message body is required."};
inline constexpr ErrorRow kContentRequired{21619, 400, "A text message body or media urls must be specified."};
inline constexpr ErrorRow kInvalidTo{21211, 400, "Invalid 'To' Phone Number"};
inline constexpr ErrorRow kInvalidFrom{21212, 400, "Invalid From Number"};
inline constexpr ErrorRow kToIsFrom{21266, 400, "'To' and 'From' number cannot be the same"};
inline constexpr ErrorRow kToIsShortCode{21265, 400, "'To' number cannot be a Short Code"};
inline constexpr ErrorRow kToIsPremium{21268, 400, "'To' number is a premium rate number"};
inline constexpr ErrorRow kToIsLandline{21635, 400, "'To' number cannot be a landline"};
inline constexpr ErrorRow kAlphaOnTrial{21267, 400, "Alphanumeric Sender ID cannot be used on trial accounts"};
inline constexpr ErrorRow kFromNotOwned{21659, 400,
                                        "'From' is not a Twilio phone number or Short Code country mismatch"};
inline constexpr ErrorRow kFromOtherAccount{21660, 400, "Mismatch between the 'From' number and the account"};
inline constexpr ErrorRow kFromNotCapable{21661, 400, "'From' number is not SMS-capable"};
inline constexpr ErrorRow kUnverified{21608, 400, "The 'To' number is unverified"};
inline constexpr ErrorRow kCountryNotEnabled{
    21408, 400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"};
inline constexpr ErrorRow kUnsubscribed{21610, 400, "Attempt to send to unsubscribed recipient"};
inline constexpr ErrorRow kQueueFull{21611, 400,
                                     "This 'From' number has exceeded the maximum number of queued messages"};
inline constexpr ErrorRow kBodyTooLong{21617, 400, "The concatenated message body exceeds the 1600 character limit"};
inline constexpr ErrorRow kTooManyMedia{21623, 400, "Number of media files exceeds allowed limit"};
inline constexpr ErrorRow kInvalidMediaUrl{21620, 400, "Invalid media URL(s)"};
inline constexpr ErrorRow kInvalidValidity{21624, 400, "Invalid ValidityPeriod parameter"};
inline constexpr ErrorRow kInvalidCallback{21609, 400, "Invalid 'StatusCallback' URL"};
inline constexpr ErrorRow kInvalidMaxPrice{21627, 400, "Max Price must be a valid float"};
inline constexpr ErrorRow kTooManyRecipients{21653, 400, "There are more recipient addresses than allowed"};
inline constexpr ErrorRow kContentSidMissing{21654, 400, "ContentSid Required"};
inline constexpr ErrorRow kContentSidInvalid{21655, 400, "The ContentSid is Invalid"};
inline constexpr ErrorRow kContentVariablesInvalid{21656, 400, "The ContentVariables Parameter is Invalid"};
inline constexpr ErrorRow kParameterTooLong{21658, 400, "Parameter exceeded character limit"};
inline constexpr ErrorRow kFallbackWithFrom{21664, 400, "'FallbackFrom' cannot be used with a 'From' sender"};
inline constexpr ErrorRow kFallbackInvalid{21665, 400, "Invalid 'FallbackFrom' sender"};
inline constexpr ErrorRow kFallbackNeedsService{21666, 400, "'FallbackFrom' requires MessagingServiceSid"};
inline constexpr ErrorRow kFallbackNeedsRcs{21667, 400,
                                            "'FallbackFrom' requires the Messaging Service to have an RCS Sender"};
inline constexpr ErrorRow kServiceNotFound{21701, 404, "The Messaging Service does not exist"};
inline constexpr ErrorRow kServiceSidMalformed{21705, 400, "The Messaging Service Sid is invalid"};
inline constexpr ErrorRow kNoSender{21703, 400,
                                    "The Messaging Service does not have a phone number available to send a message"};
inline constexpr ErrorRow kNotInPool{21711, 400, "The sender is not associated with the Messaging Service"};
inline constexpr ErrorRow kNoRoute{
    21612, 400, "Message cannot be sent with the current combination of 'To' and/or 'From' parameters"};
inline constexpr ErrorRow kMediaNotCapable{21621, 400, "The 'From' number cannot send media"};
inline constexpr ErrorRow kPoolEmpty{21704, 400, "The Messaging Service contains no phone numbers"};
inline constexpr ErrorRow kChannelMismatch{
    21910, 400, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel"};
inline constexpr ErrorRow kSendAtMissing{35111, 400, "SendAt parameter is required"};
inline constexpr ErrorRow kSendAtOutside{35114, 400,
                                         "SendAt must be at least 300 and at most 3024000 seconds in the future"};
inline constexpr ErrorRow kScheduleNeedsService{35118, 400, "MessagingServiceSid is required to schedule a message"};
inline constexpr ErrorRow kScheduleTypeMissing{35119, 400, "SendAt requires ScheduleType to be fixed"};
inline constexpr ErrorRow kScheduleTypeInvalid{35126, 400, "ScheduleType is not supported"};
inline constexpr ErrorRow kTooManyScheduled{35125, 400, "The account has reached its limit of scheduled messages"};
inline constexpr ErrorRow kNotCancelable{30409, 409, "Message is not in a cancelable state"};
inline constexpr ErrorRow kNotFinished{20009, 409, "Cannot change this message before it is finished"};
inline constexpr ErrorRow kBodyNotEmpty{20001, 400, "Body can only be changed to an empty text"};

inline constexpr ErrorRow kAccountSuspended{30002, 0, "Account suspended"};
inline constexpr ErrorRow kExpired{30036, 0, "Validity Period Expired"};
inline constexpr ErrorRow kTrialTooLong{30044, 0, "Trial Message Length Exceeded"};
inline constexpr ErrorRow kMediaTooLarge{11751, 0, "Media Message - Media exceeds mms size limit"};
inline constexpr ErrorRow kUnreachable{30003, 0, "Unreachable destination handset"};
inline constexpr ErrorRow kChannelContent{63021, 0, "Channel invalid content error"};
inline constexpr ErrorRow kUnknownHandset{30005, 0, "Unknown destination handset"};

// Replies by TwiML.
inline constexpr ErrorRow kReplyInvalidTo{14101, 0, "Invalid \"To\" attribute"};
inline constexpr ErrorRow kReplyInvalidFrom{14102, 0, "Invalid \"From\" attribute"};
inline constexpr ErrorRow kReplyInvalidBody{14103, 0, "Invalid Body"};
inline constexpr ErrorRow kReplyInvalidMethod{14104, 0, "Invalid Method attribute"};
inline constexpr ErrorRow kReplyInvalidCallback{14105, 0, "Invalid statusCallback attribute"};
inline constexpr ErrorRow kReplyDocuments{14106, 0, "Document retrieval limit reached"};
inline constexpr ErrorRow kReplyRate{14107, 0, "Message reply limit reached"};
inline constexpr ErrorRow kReplyNotCapable{14108, 0, "\"From\" phone number not SMS capable"};
inline constexpr ErrorRow kReplyTooMany{14109, 0, "Reply message limit exceeded"};
inline constexpr ErrorRow kReplyVerb{14110, 0, "Invalid verb for a message reply"};
inline constexpr ErrorRow kReplyTrial{14111, 0, "Invalid \"To\" number for a trial account"};
inline constexpr ErrorRow kCallbackRejected{15003, 0, "Warning: the status callback returned an error"};
inline constexpr ErrorRow kContentType{12300, 0, "Invalid Content-Type"};

}  // namespace dialtone::messaging::errors
