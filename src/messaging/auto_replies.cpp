#include "messaging/auto_replies.hpp"

#include "base/e164.hpp"

namespace dialtone::messaging {
namespace {

constexpr std::string_view kAutoReply = "message.auto_reply";

}  // namespace

void AutoReplies::start() {
  services_.ledger.on(std::string(kAutoReply), [this](store::OutboxRow row) { return answer(std::move(row)); });
}

void AutoReplies::heed(Message& message, const Number& number, const MessagingService* service,
                       store::Transaction& transaction) {
  // The longest keyword that anybody can set, with blanks around it; nearly every message is longer or has media.
  if (message.body.empty() || message.body.size() > 6 * kKeywordCharactersMax || message.num_media > 0) return;
  const OptOutSettings* settings = service ? service->opt_out.get() : nullptr;
  // A short code on its own is its owner's business.
  if (!service && number.is_short_code()) return;
  Line line = Line::kLongCode;
  Keyword keyword = settings ? keyword_of(message.body, *settings) : keyword_of(message.body, line);
  if (keyword == Keyword::kNone) return;
  if (const auto phone = E164::parse(number.phone_number); !settings && phone && phone->is_toll_free()) {
    line = Line::kTollFree;
    keyword = keyword_of(message.body, line);
  }
  const auto blocks = [&](std::string_view sender) { return opt_outs_.has(message.account_sid, sender, message.from); };
  const bool by_number = blocks(number.phone_number);  // it may have been said before the number came to the service
  const bool by_service = service && blocks(service->sid);
  const bool blocked = by_number || by_service;
  if (settings) message.opt_out_type = name_of(keyword);
  std::string text;
  switch (keyword) {
    case Keyword::kNone:
      return;
    case Keyword::kStop:
      if (service ? by_service : by_number) return;  // once is enough
      opt_outs_.add(transaction, message.account_sid, service ? service->sid : number.phone_number, message.from);
      text = settings ? settings->stop.answer : default_answer(keyword, line, message.body);
      break;
    case Keyword::kStart:
      // "Yes" to somebody who may write anyway is a word for the application alone.
      if (!blocked && !settings) return;
      if (by_number) opt_outs_.remove(transaction, message.account_sid, number.phone_number, message.from);
      if (by_service) opt_outs_.remove(transaction, message.account_sid, service->sid, message.from);
      text = settings ? settings->start.answer : default_answer(keyword, line, message.body);
      break;
    case Keyword::kHelp:
      if (blocked && line == Line::kTollFree) return;
      text = settings ? settings->help.answer : default_answer(keyword, line, message.body);
      break;
  }
  if (text.empty()) return;
  transaction.outbox({.due = message.created,
                      .kind = std::string(kAutoReply),
                      .subject = message.sid + "/auto",
                      .data = wire_json({{"account_sid", message.account_sid},
                                         {"from", message.to},
                                         {"to", message.from},
                                         {"body", text},
                                         {"keyword", name_of(keyword)}})});
}

Task<Result<>> AutoReplies::answer(store::OutboxRow row) {
  const json::object data = stored_object(row.data);
  Message message;
  message.sid = services_.sids.make("SM");
  message.account_sid = text_of(data, "account_sid");
  message.from = text_of(data, "from");
  message.to = text_of(data, "to");
  message.body = text_of(data, "body");
  message.direction = Direction::kOutboundReply;
  message.created = services_.clock.now();
  message.updated = message.created;
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  // Whether it arrives is of no consequence.
  co_await carrier_->submit(message, transaction);
  transaction.journal({.at = message.created,
                       .kind = std::string(kAutoReply),
                       .account = message.account_sid,
                       .subject = message.to,
                       .data = wire_json({{"from", message.from}, {"keyword", text_of(data, "keyword")}})});
  co_return co_await services_.ledger.finish(std::move(transaction));
}

}  // namespace dialtone::messaging
