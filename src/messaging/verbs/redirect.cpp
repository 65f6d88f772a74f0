#include "messaging/errors.hpp"
#include "messaging/verbs/verbs.hpp"

namespace dialtone::messaging::verbs {
namespace {

/// Goes on with the document at the URL; what follows is never run. `method`: GET or POST (default). Empty: the same
/// document again. Source: TwiML <Redirect>.
Task<Next> run(ReplySession& session, const twiml::Element& element) {
  std::string method(element.attribute_or("method", "POST"));
  if (method != "POST" && method != "GET") {
    session.warn(errors::kReplyInvalidMethod, fmt::format("Invalid method attribute: {}", method));
    method = "POST";
  }
  session.go_to(element.text, method);
  co_return Next::kStop;
}

}  // namespace

Verb redirect() { return {.name = "Redirect", .attributes = {"method"}, .run = run}; }

}  // namespace dialtone::messaging::verbs
