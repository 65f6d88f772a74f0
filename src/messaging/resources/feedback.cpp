#include "messaging/errors.hpp"
#include "messaging/resources/resources.hpp"

namespace dialtone::messaging::resources {
namespace {

/// POST: did the person do what the message asked for? Only of messages that were sent with ProvideFeedback. Source:
/// Twilio, Message Feedback; the fact sheet, section 2.7.
Task<Result<rest::Reply>> create(Messenger& messenger, rest::Context& context) {
  const std::string sid(context.value("MessageSid"));
  const std::string scope = message_scope(context.account->sid);
  const auto record = co_await messenger.services().ledger.store().get(scope, sid);
  if (!record) co_return fail(rest::not_found(context));
  if (!from_record(*record).feedback) {
    co_return fail(
        {dialtone::errors::kBadRequest, fmt::format("Message {} was not sent with ProvideFeedback=true", sid)});
  }
  std::string_view outcome = context.form.get("Outcome");
  if (outcome.empty()) outcome = "unconfirmed";
  const TimePoint now = messenger.services().clock.now();
  const std::string place = fmt::format("{}/{}/Feedback", scope, sid);
  const auto before = co_await messenger.services().ledger.store().get(place, "-");
  const std::string created =
      before ? std::string(text_of(stored_object(before->value), "date_created")) : rfc2822(now);
  const std::string value = wire_json({{"account_sid", context.account->sid},
                                       {"message_sid", sid},
                                       {"outcome", outcome},
                                       {"date_created", created},
                                       {"date_updated", rfc2822(now)},
                                       {"uri", context.path}});
  store::Transaction transaction;
  transaction.put(place, "-", value);
  transaction.journal({.at = now,
                       .kind = "message.feedback",
                       .account = context.account->sid,
                       .subject = sid,
                       .data = wire_json({{"outcome", outcome}})});
  DT_CO_CHECK(co_await messenger.services().ledger.commit(std::move(transaction)));
  co_return rest::Reply{.status = 200, .body = value};
}

}  // namespace

rest::Resource feedback(Messenger& messenger) {
  return {.host = "api",
          .path = "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Feedback.json",
          .methods = {{.method = catalogue::Method::kPost,
                       .run = [&messenger](rest::Context& context) { return create(messenger, context); }}}};
}

}  // namespace dialtone::messaging::resources
