#include "messaging/reply.hpp"

#include <fmt/format.h>

#include "base/e164.hpp"
#include "messaging/errors.hpp"
#include "messaging/media.hpp"
#include "messaging/verbs/verbs.hpp"
#include "twiml/schema.hpp"
#include "webhook/url.hpp"

namespace dialtone::messaging {
namespace {

std::string country_of(std::string_view number) {
  const auto parsed = E164::parse(number);
  return parsed ? parsed->country() : std::string{};
}

std::vector<twiml::ElementRule> rules() {
  std::vector<twiml::ElementRule> out;
  for (const Verb& verb : verbs::all()) {
    out.push_back({.name = verb.name, .attributes = verb.attributes, .children = {}});
    if (verb.name == "Message") out.back().children = {"Body", "Media"};
  }
  out.push_back({.name = "Body"});
  out.push_back({.name = "Media"});
  return out;
}

/// Verbs of voice documents: known, but not for a message.
constexpr std::array<std::string_view, 16> kVoiceVerbs{"Say",    "Play",  "Dial",    "Gather", "Record", "Hangup",
                                                       "Reject", "Pause", "Enqueue", "Leave",  "Queue",  "Connect",
                                                       "Start",  "Stop",  "Pay",     "Prompt"};

bool is_voice_verb(const twiml::Element& element) {
  return std::ranges::find(kVoiceVerbs, element.name) != kVoiceVerbs.end();
}

/// An answer's reply code for what the API would have said about a draft.
const ErrorRow& reply_row(int api_code) {
  switch (api_code) {
    case errors::kInvalidTo.code:
    case errors::kToRequired.code:
    case errors::kToIsFrom.code:
    case errors::kToIsShortCode.code:
    case errors::kToIsLandline.code:
    case errors::kToIsPremium.code:
      return errors::kReplyInvalidTo;
    case errors::kFromNotCapable.code:
      return errors::kReplyNotCapable;
    case errors::kInvalidFrom.code:
    case errors::kFromRequired.code:
    case errors::kFromNotOwned.code:
    case errors::kFromOtherAccount.code:
    case errors::kAlphaOnTrial.code:
    case errors::kChannelMismatch.code:
      return errors::kReplyInvalidFrom;
    case errors::kInvalidCallback.code:
      return errors::kReplyInvalidCallback;
    case errors::kUnverified.code:
      return errors::kReplyTrial;
    default:
      return errors::kReplyInvalidBody;
  }
}

}  // namespace

Task<Hook> hook_of(rest::Services& services, const Number& number) {
  if (!number.application_sid.empty()) {
    const auto record =
        co_await services.ledger.store().get(number.account_sid + "/api/Applications", number.application_sid);
    if (record) {
      const json::value value = json::parse(record->value);
      const json::object& application = value.as_object();
      const auto text = [&](std::string_view name) { return std::string(text_of(application, name)); };
      co_return Hook{.url = text("sms_url"),
                     .method = text("sms_method").empty() ? "POST" : text("sms_method"),
                     .fallback_url = text("sms_fallback_url"),
                     .fallback_method = text("sms_fallback_method").empty() ? "POST" : text("sms_fallback_method")};
    }
  }
  co_return number.hook;
}

FormPairs inbound_params(const Message& message, const std::vector<MediaPart>& media) {
  FormPairs params;
  const std::string to_country = country_of(message.to);
  const std::string from_country = country_of(message.from);
  for (std::size_t i = 0; i < media.size(); ++i) {
    params.emplace_back(fmt::format("MediaContentType{}", i), media[i].content_type);
  }
  params.emplace_back("ToCountry", to_country);
  params.emplace_back("ToState", "");
  params.emplace_back("SmsMessageSid", message.sid);
  params.emplace_back("NumMedia", std::to_string(message.num_media));
  params.emplace_back("ToCity", "");
  params.emplace_back("FromZip", "");
  params.emplace_back("SmsSid", message.sid);
  params.emplace_back("FromState", "");
  params.emplace_back("SmsStatus", "received");
  params.emplace_back("FromCity", "");
  params.emplace_back("Body", message.body);
  params.emplace_back("FromCountry", from_country);
  params.emplace_back("To", message.to);
  if (!message.service_sid.empty()) params.emplace_back("MessagingServiceSid", message.service_sid);
  params.emplace_back("ToZip", "");
  params.emplace_back("NumSegments", std::to_string(message.num_segments));
  params.emplace_back("MessageSid", message.sid);
  params.emplace_back("AccountSid", message.account_sid);
  for (std::size_t i = 0; i < media.size(); ++i) {
    params.emplace_back(fmt::format("MediaUrl{}", i),
                        fmt::format("https://api.twilio.com/2010-04-01/Accounts/{}/Messages/{}/Media/{}",
                                    message.account_sid, message.sid, media[i].sid));
  }
  params.emplace_back("From", message.from);
  if (!message.opt_out_type.empty()) params.emplace_back("OptOutType", message.opt_out_type);
  params.emplace_back("ApiVersion", kApiVersion);
  return params;
}

ReplySession::ReplySession(Messenger& messenger, const Message& inbound, rest::AccountPtr account,
                           std::string idempotency_token, store::Transaction& transaction)
    : messenger_(messenger),
      inbound_(inbound),
      account_(std::move(account)),
      idempotency_token_(std::move(idempotency_token)),
      transaction_(transaction) {}

void ReplySession::alert(int code, monitor::Level level, std::string text) {
  messenger_.alerts().add(transaction_, {.account_sid = account_->sid,
                                         .resource_sid = inbound_.sid,
                                         .code = code,
                                         .level = level,
                                         .text = std::move(text),
                                         .exchange = exchange_.hops.empty() ? nullptr : &exchange_,
                                         .exchange_sid = exchange_sid_});
}

void ReplySession::warn(const ErrorRow& row, std::string text) {
  alert(row.code, monitor::Level::kWarning, std::move(text));
}
void ReplySession::fault(const ErrorRow& row, std::string text) {
  alert(row.code, monitor::Level::kError, std::move(text));
}

std::string ReplySession::resolve(std::string_view reference) const {
  const auto url = webhook::resolve_url(document_url_, reference);
  return url ? *url : std::string{};
}

void ReplySession::go_to(std::string url, std::string method, FormPairs extra) {
  std::string absolute = url.empty() ? document_url_ : resolve(url);
  if (absolute.empty()) absolute = std::move(url);  // its fetch fails with 11100 and tells which it was
  next_ = Fetch{.url = std::move(absolute), .method = std::move(method), .extra = std::move(extra)};
}

Task<std::optional<Message>> ReplySession::send(Draft draft) {
  if (++messages_ > kReplyMessagesMax) {
    if (messages_ == kReplyMessagesMax + 1) {
      warn(errors::kReplyTooMany, fmt::format("A reply may hold at most {} messages", kReplyMessagesMax));
    }
    co_return std::nullopt;
  }
  draft.account = account_;
  draft.direction = Direction::kOutboundReply;
  // Whoever wrote to a trial account may be answered; others must be verified.
  draft.unverified = draft.to && *draft.to != inbound_.from && !co_await messenger_.may_reach(*account_, *draft.to);
  auto message = messenger_.prepare(std::move(draft));
  if (!message) {
    const Error& error = message.error();
    std::string text = error.message;
    if (error.code == errors::kToIsFrom.code)
      text = "The destination number for a TwiML message can not equal the originating number of a TwiML message";
    warn(reply_row(error.code), std::move(text));
    co_return std::nullopt;
  }
  if (!messenger_.may_reply(message->from, message->to)) {
    fault(errors::kReplyRate,
          fmt::format("More than 15 replies in 30 seconds from {} to {}", message->from, message->to));
    co_return std::nullopt;
  }
  if (message->error_code == errors::kUnsubscribed.code)
    fault(errors::kUnsubscribed, std::string(errors::kUnsubscribed.message));
  Message sent = *message;  // what is shown of it is how it was taken
  co_await messenger_.send(transaction_, sent);
  co_return std::move(*message);
}

Task<std::optional<webhook::Exchange>> ReplySession::fetch(const Fetch& what, std::string_view purpose, Error& error) {
  webhook::Call call{.method = what.method, .url = what.url, .params = params_};
  for (const auto& [name, value] : what.extra) {
    const auto known = std::ranges::find(call.params, name, &std::pair<std::string, std::string>::first);
    if (known != call.params.end()) {
      known->second = value;
    } else {
      call.params.emplace_back(name, value);
    }
  }
  call.auth_token = account_->auth_token;
  call.idempotency_token = idempotency_token_;
  call.conversation = fmt::format("{} {} {}", account_->sid, inbound_.from, inbound_.to);
  call.certificates = monitor::certificates_for(*account_);
  exchange_ = co_await messenger_.client().send(std::move(call));
  exchange_sid_ = messenger_.alerts().add_exchange(transaction_, account_->sid, inbound_.sid, purpose, exchange_);
  if (exchange_.ok()) co_return exchange_;
  error = *exchange_.error;
  co_return std::nullopt;
}

Result<twiml::Document> ReplySession::understand(const webhook::Exchange& exchange) {
  const webhook::Hop& hop = *exchange.last();
  twiml::Document nothing;
  nothing.root.name = "Response";
  if (hop.status == 204 || hop.response_body.empty()) return nothing;
  if (hop.truncated) return twiml::parse(std::string(twiml::kDocumentBytesMax + 1, ' '));
  const std::string type = media_type_of(webhook::header_of(hop.response_headers, "Content-Type").value_or(""));
  if (type == "text/plain") {
    twiml::Element message;
    message.name = "Message";
    message.text = hop.response_body;
    nothing.root.children.push_back(std::move(message));
    return nothing;
  }
  if (type != "text/xml" && type != "application/xml" && type != "text/html") {
    return fail({errors::kContentType, type.empty() ? "The answer has no Content-Type"
                                                    : fmt::format("Attempt to use content of type {}", type)});
  }
  return twiml::parse(hop.response_body);
}

Task<> ReplySession::run(Hook hook) {
  std::vector<MediaPart> media;
  if (inbound_.num_media > 0) media = co_await media_of(messenger_.services(), inbound_);
  params_ = inbound_params(inbound_, media);
  next_ = Fetch{.url = hook.url, .method = hook.method, .extra = {}};
  bool fallback_used = false;
  std::string_view purpose = "incoming";
  while (next_) {
    if (++documents_ > kDocumentsMax) {
      warn(errors::kReplyDocuments, fmt::format("More than {} documents in one reply", kDocumentsMax));
      co_return;
    }
    const Fetch what = std::move(*next_);
    next_.reset();
    Error error(dialtone::errors::kInternal);
    std::optional<twiml::Document> document;
    if (const auto exchange = co_await fetch(what, purpose, error)) {
      // Where a redirect led; a repetition with credentials, or after a failure, leads nowhere else.
      const bool moved =
          std::ranges::any_of(exchange->hops, [](const webhook::Hop& hop) { return hop.status / 100 == 3; });
      document_url_ = moved ? exchange->last()->url : what.url;
      auto understood = understand(*exchange);
      if (understood) {
        document = std::move(*understood);
      } else {
        error = understood.error();
      }
    }
    if (document) {
      co_await execute(*document);
      purpose = "redirect";
      continue;
    }
    alert(error.code, monitor::Level::kError, error.message);
    if (hook.fallback_url.empty() || fallback_used) co_return;
    fallback_used = true;
    purpose = "fallback";
    next_ = Fetch{.url = hook.fallback_url,
                  .method = hook.fallback_method,
                  .extra = {{"ErrorCode", std::to_string(error.code)}, {"ErrorUrl", what.url}}};
  }
}

Task<> ReplySession::execute(const twiml::Document& document) {
  static const std::vector<twiml::ElementRule> kRules = rules();
  static const std::vector<std::string_view> kVerbs = [] {
    std::vector<std::string_view> names;
    for (const Verb& verb : verbs::all()) names.push_back(verb.name);
    return names;
  }();
  // Voice verbs are told of below, with a code of their own.
  twiml::Document ours = document;
  std::erase_if(ours.root.children, [](const twiml::Element& element) { return is_voice_verb(element); });
  for (const twiml::Warning& warning : twiml::check(ours, kVerbs, kRules)) {
    warn(twiml::errors::kBadAttribute, fmt::format("Line {}: {}", warning.line, warning.text));
  }
  for (const twiml::Element& element : document.root.children) {
    const auto all = verbs::all();
    const auto verb = std::ranges::find(all, element.name, &Verb::name);
    if (verb == all.end()) {
      if (is_voice_verb(element)) {
        warn(errors::kReplyVerb, fmt::format("<{}> is no verb for a message", element.name));
      }
      continue;
    }
    if (co_await verb->run(*this, element) == Next::kStop) co_return;
  }
}

}  // namespace dialtone::messaging
