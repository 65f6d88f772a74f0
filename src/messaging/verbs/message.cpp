#include "messaging/errors.hpp"
#include "messaging/verbs/verbs.hpp"

namespace dialtone::messaging::verbs {
namespace {

/// Sends a message: to the sender, from the number that was texted, unless `to` and `from` say otherwise. The text
/// stands directly inside or in <Body>; <Media> holds a picture's URL. `statusCallback` is told of each status;
/// `action` is asked what to do next. Errors: 14101 to 14105, 14107 to 14109, 14111. Source: TwiML <Message>; the fact
/// sheet, section 5.
Task<Next> run(ReplySession& session, const twiml::Element& element) {
  Draft draft;
  draft.to = std::string(element.attribute_or("to", session.inbound().from));
  draft.from = std::string(element.attribute_or("from", session.inbound().to));
  const std::string method(element.attribute_or("method", "POST"));
  if (method != "POST" && method != "GET") {
    session.warn(errors::kReplyInvalidMethod, fmt::format("Invalid method attribute: {}", method));
    co_return Next::kContinue;
  }
  std::string body;
  bool has_nouns = false;
  for (const twiml::Element& noun : element.children) {
    if (noun.name == "Body") {
      has_nouns = true;
      body += noun.text;
    } else if (noun.name == "Media") {
      has_nouns = true;
      draft.media_urls.push_back(session.resolve(noun.text));
    }
  }
  draft.body = has_nouns ? body : element.text;
  if (const auto callback = element.attribute("statusCallback")) {
    draft.status_callback = session.resolve(*callback);
    if (draft.status_callback.empty()) {
      session.warn(errors::kReplyInvalidCallback, fmt::format("Invalid statusCallback attribute: {}", *callback));
      co_return Next::kContinue;
    }
  }
  const auto sent = co_await session.send(std::move(draft));
  if (!sent) co_return Next::kContinue;
  if (const auto action = element.attribute("action"); action && !action->empty()) {
    session.go_to(std::string(*action), method,
                  {{"MessageSid", sent->sid},
                   {"MessageStatus", std::string(name_of(sent->status))},
                   {"To", sent->to},
                   {"From", sent->from},
                   {"Body", sent->body}});
    co_return Next::kStop;
  }
  co_return Next::kContinue;
}

}  // namespace

Verb message() {
  return {.name = "Message", .attributes = {"to", "from", "action", "method", "statusCallback"}, .run = run};
}

/// The old name of <Message>, without nouns.
Verb sms() { return {.name = "Sms", .attributes = {"to", "from", "action", "method", "statusCallback"}, .run = run}; }

}  // namespace dialtone::messaging::verbs
