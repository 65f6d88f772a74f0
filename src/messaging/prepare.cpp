#include <fmt/format.h>

#include "base/e164.hpp"
#include "base/utf8.hpp"
#include "messaging/channel.hpp"
#include "messaging/errors.hpp"
#include "messaging/messenger.hpp"
#include "messaging/segments.hpp"
#include "webhook/url.hpp"

// What is checked of a message before it is taken, in the order in which Twilio tells: the fact sheet, section 2.8.

namespace dialtone::messaging {
namespace {

/// The last four digits do not belong in an error message.
std::string masked(std::string_view number) {
  std::string out(number);
  for (std::size_t i = 0; i < 4 && i < out.size(); ++i) out[out.size() - 1 - i] = 'X';
  return out;
}

Error no_such_sender(std::string_view from) {
  return {errors::kFromNotOwned,
          fmt::format("'From' {} is not a Twilio phone number or Short Code country mismatch", from)};
}

Error invalid_from(std::string_view from) {
  return {errors::kInvalidFrom,
          fmt::format("The 'From' number {} is not a valid phone number, shortcode, or alphanumeric sender ID.", from)};
}

/// A sender that the request names; the answer is it without its channel.
Result<std::string> check_from(const Numbers& numbers, const Draft& draft, const E164& to,
                               std::string_view to_channel) {
  const auto [from_channel, from_address] = split_channel(*draft.from);
  const auto number = E164::parse(from_address);
  if (number && number->text() == to.text()) {
    return fail({errors::kToIsFrom, fmt::format("'To' and 'From' number cannot be the same: {}", masked(to.text()))});
  }
  if (from_channel != to_channel) return fail(errors::kChannelMismatch);
  const bool short_code = is_short_code(from_address);
  if (short_code || number) {
    const std::string_view address = short_code ? from_address : number->text();
    const NumberPtr owned = numbers.find(address);
    if (!owned) return fail(no_such_sender(address));
    if (owned->account_sid != draft.account->sid) {
      // Whose short code it is concerns nobody else.
      if (short_code) return fail(no_such_sender(address));
      return fail({errors::kFromOtherAccount, fmt::format("Mismatch between the 'From' number {} and the account {}",
                                                          address, draft.account->sid)});
    }
    if (!owned->sms)
      return fail({errors::kFromNotCapable, fmt::format("'From' number {} is not SMS-capable", address)});
    if (!owned->mms && (!draft.media_urls.empty() || draft.as_mms) && to_channel.empty())
      return fail({errors::kMediaNotCapable, fmt::format("The 'From' number {} cannot send media", address)});
    return std::string(address);
  }
  if (!is_alphanumeric_sender(from_address) || from_address.find('+') != std::string_view::npos)
    return fail(invalid_from(*draft.from));
  if (draft.account->trial) return fail(errors::kAlphaOnTrial);
  if (!takes_alphanumeric(to.country())) {
    return fail({errors::kNoRoute,
                 fmt::format("Message cannot be sent with the current combination of 'To' ({}) and/or 'From' ({}) "
                             "parameters",
                             to.text(), *draft.from)});
  }
  return std::string(from_address);
}

/// Text and pictures. Errors: 21602, 21617, 21619, 21620, 21623.
Result<> check_content(const Draft& draft) {
  if (draft.media_urls.size() > kMediaMax) return fail(errors::kTooManyMedia);
  for (const std::string& url : draft.media_urls) {
    if (!webhook::parse_url(url)) return fail(errors::kInvalidMediaUrl);
  }
  if (!draft.body && draft.media_urls.empty()) return fail(errors::kContentRequired);
  if (draft.media_urls.empty() && draft.body->empty()) return fail(errors::kBodyRequired);
  return {};
}

Result<> check_callback(const std::string& callback) {
  if (callback.empty()) return {};
  const auto url = webhook::parse_url(callback);
  if (!url || callback.size() > kUrlBytesMax || url->host.find('_') != std::string::npos)
    return fail(errors::kInvalidCallback);
  return {};
}

}  // namespace

Result<const Sender*> Messenger::sender_of(const MessagingService& service, const SenderWish& wish) {
  if (service.senders.empty()) return fail(errors::kPoolEmpty);
  const Sender* sender = messaging_services_.pick(service, wish);
  if (!sender) return fail(errors::kNoSender);
  return sender;
}

bool Messenger::is_opted_out(std::string_view account_sid, std::string_view service_sid, std::string_view from,
                             std::string_view to) const {
  if (opt_outs_.empty()) return false;
  const std::string_view phone = split_channel(to).address;
  if (!service_sid.empty() && opt_outs_.has(account_sid, service_sid, phone)) return true;
  if (from.empty()) return false;
  const std::string_view number = split_channel(from).address;
  if (opt_outs_.has(account_sid, number, phone)) return true;
  const auto service = messaging_services_.of_sender(number);
  return service && service->sid != service_sid && opt_outs_.has(account_sid, service->sid, phone);
}

Result<Message> Messenger::prepare(Draft draft) {
  const bool has_from = draft.from && !draft.from->empty();
  if (!has_from && draft.service_sid.empty()) return fail(errors::kFromRequired);
  if (!draft.to || draft.to->empty()) return fail(errors::kToRequired);

  const auto [to_channel, to_address] = split_channel(*draft.to);
  if (to_channel.empty() && draft.to->find(':') != std::string::npos) {
    return fail({errors::kInvalidFrom, fmt::format("The 'To' address {} names no known channel", *draft.to)});
  }
  if (is_short_code(to_address))
    return fail({errors::kToIsShortCode, fmt::format("'To' number cannot be a Short Code: {}", to_address)});
  const auto to = E164::parse(to_address);
  if (!to) return fail({errors::kInvalidTo, fmt::format("Invalid 'To' Phone Number: {}", masked(*draft.to))});

  Message message;
  MessagingServicePtr service;
  if (!draft.service_sid.empty()) {
    if (!is_sid(draft.service_sid, "MG")) return fail(errors::kServiceSidMalformed);
    service = messaging_services_.find(draft.service_sid);
    if (!service || service->account_sid != draft.account->sid) {
      return fail(
          {errors::kServiceNotFound, fmt::format("The Messaging Service {} does not exist", draft.service_sid)});
    }
  }
  if (has_from) {
    DT_TRY(std::string from, check_from(numbers_, draft, *to, to_channel));
    if (service && std::ranges::none_of(service->senders, [&](const Sender& sender) {
          return split_channel(sender.address).address == from;
        })) {
      return fail({errors::kNotInPool,
                   fmt::format("The sender {} is not associated with the Messaging Service {}", from, service->sid)});
    }
    message.from = to_channel.empty() ? std::move(from) : fmt::format("{}:{}", to_channel, from);
  } else {
    DT_TRY(const Sender* sender, sender_of(*service, {.to = *to,
                                                      .channel = to_channel,
                                                      .media = !draft.media_urls.empty() || draft.as_mms,
                                                      .sticky = draft.sticky_sender}));
    // A scheduled message is given its sender when it is due.
    if (!draft.send_at) {
      message.sender = sender->address;
      message.new_sticky = service->sticky_sender && sender->address != draft.sticky_sender;
    }
  }
  if (draft.unverified) {
    return fail(
        {errors::kUnverified,
         fmt::format("The number {0} is unverified. Trial accounts cannot send messages to unverified numbers; verify "
                     "{0} at twilio.com/user/account/phone-numbers/verified, or purchase a Twilio number to send "
                     "messages to unverified numbers",
                     to->text())});
  }
  if (to->is_premium_rate())
    return fail({errors::kToIsPremium, fmt::format("'To' number is a premium rate number: {}", masked(to->text()))});
  if (to->is_landline())
    return fail({errors::kToIsLandline, fmt::format("'To' number cannot be a landline: {}", masked(to->text()))});
  if (!geo_permissions_.empty() && !geo_permissions_.allows(draft.account->sid, to->country()))
    return fail({errors::kCountryNotEnabled, fmt::format("{}: {}", errors::kCountryNotEnabled.message, to->text())});
  const bool opted_out = is_opted_out(draft.account->sid, draft.service_sid, message.from, to->text());
  if (opted_out && draft.direction == Direction::kOutboundApi) return fail(errors::kUnsubscribed);
  if (draft.option_error) return fail(*std::move(draft.option_error));
  DT_CHECK(check_content(draft));

  message.body = draft.body.value_or("");
  if (draft.smart_encoded.value_or(service && service->smart_encoding)) message.body = smart_encode(message.body);
  if (message.body.size() > kBodyCharactersMax && characters(message.body) > kBodyCharactersMax) {
    return fail(errors::kBodyTooLong);
  }
  if (draft.account->trial) message.body.insert(0, kTrialPrefix);
  if (draft.status_callback.empty() && service) draft.status_callback = service->status_callback;
  DT_CHECK(check_callback(draft.status_callback));

  const TimePoint now = services_.clock.now();
  message.num_media = draft.media_urls.size();
  message.as_mms = draft.as_mms && to_channel.empty();
  message.sid = services_.sids.make(message.num_media > 0 || message.as_mms ? "MM" : "SM");
  message.account_sid = draft.account->sid;
  message.service_sid = std::move(draft.service_sid);
  message.to = to_channel.empty() ? to->str() : fmt::format("{}:{}", to_channel, to->text());
  message.direction = draft.direction;
  message.created = now;
  message.updated = now;
  message.status_callback = std::move(draft.status_callback);
  message.send_at = draft.send_at;
  message.media_urls = std::move(draft.media_urls);
  message.feedback = draft.feedback;
  message.discard_body = draft.discard_body;
  message.obfuscate_to = draft.obfuscate_to;
  message.shorten_urls = draft.shorten_urls;
  message.actions = std::move(draft.actions);
  message.intent = std::move(draft.intent);
  message.validity = draft.validity;
  if (service && message.validity.count() == 0 && service->validity_period != kValidityMax)
    message.validity = service->validity_period;
  if (opted_out) {  // an answer to somebody who said STOP: it is seen to have failed
    message.status = Status::kFailed;
    message.error_code = errors::kUnsubscribed.code;
    message.error_message = errors::kUnsubscribed.message;
  } else if (draft.send_at) {
    message.status = Status::kScheduled;
    message.num_segments = 0;
  } else if (service) {
    message.status = Status::kAccepted;
    message.num_segments = 0;
  } else {
    message.num_segments = segments_of(message);
    if (limits_ && !limits_->has_room(message.from)) {
      return fail({errors::kQueueFull, fmt::format("The queue of the 'From' number {} is full", message.from)});
    }
  }
  return message;
}

Task<Result<>> Messenger::make_ready(Message& message, store::Transaction& transaction) {
  if (message.from.empty() && message.sender.empty()) {
    const auto service = messaging_services_.find(message.service_sid);
    if (!service) co_return fail(errors::kServiceNotFound);
    const auto [channel, address] = split_channel(message.to);
    const auto to = E164::parse(address);
    if (!to) co_return fail(errors::kInvalidTo);
    const std::string sticky = co_await messaging_services_.sticky(service, message.to);
    DT_CO_TRY(const Sender* sender, sender_of(*service, {.to = *to,
                                                         .channel = channel,
                                                         .media = !message.media_urls.empty() || message.as_mms,
                                                         .sticky = sticky}));
    message.sender = sender->address;
    message.new_sticky = service->sticky_sender && sender->address != sticky;
  }
  if (message.from.empty()) message.from = std::exchange(message.sender, {});
  if (is_opted_out(message.account_sid, message.service_sid, message.from, message.to))
    co_return fail(errors::kUnsubscribed);
  if (message.as_mms) {
    // Where the service turned to a sender without MMS it goes as SMS.
    const NumberPtr number = numbers_.find(message.from);
    message.as_mms = number && number->mms;
  }
  if (std::exchange(message.shorten_urls, false)) {
    DT_CO_CHECK(link_domains_.shorten(transaction, message));
  }
  if (!message.media_urls.empty() && !message.service_sid.empty() && split_channel(message.to).channel.empty()) {
    const auto service = messaging_services_.find(message.service_sid);
    const NumberPtr number = numbers_.find(message.from);
    const auto to = E164::parse(message.to);
    if (service && service->mms_converter && (!number || !number->mms || !to || !to->is_us_or_canada()))
      link_domains_.convert_media(transaction, message);
  }
  co_return Result<>{};
}

}  // namespace dialtone::messaging
