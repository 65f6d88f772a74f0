#include <array>

#include "base/e164.hpp"
#include "messaging/errors.hpp"
#include "messaging/resources/message_options.hpp"
#include "messaging/resources/resources.hpp"
#include "rest/date_filter.hpp"
#include "rest/paging.hpp"

namespace dialtone::messaging::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr int kTriesMax = 8;

/// POST: queue a message. Source: Twilio Messages resource, create.
Task<Result<Reply>> create(Messenger& messenger, Context& context) {
  const rest::Fields& form = context.form;
  Draft draft{.account = context.account};
  if (const auto* to = form.find("To")) draft.to = *to;
  if (const auto* from = form.find("From")) draft.from = *from;
  if (const auto* body = form.find("Body")) draft.body = *body;
  if ((!draft.from || draft.from->empty()) && form.get("MessagingServiceSid").empty())
    co_return fail(form.get("FallbackFrom").empty() ? errors::kFromRequired : errors::kFallbackNeedsService);
  if (!draft.to || draft.to->empty()) co_return fail(errors::kToRequired);
  // The SDKs repeat a parameter that is given a list.
  if (std::ranges::count(form.pairs(), "To", [](const auto& pair) { return std::string_view(pair.first); }) > 1)
    co_return fail(errors::kTooManyRecipients);
  const bool plain =
      draft.from && !draft.from->starts_with("MG") && std::ranges::all_of(form.pairs(), [](const auto& pair) {
        return pair.first == "To" || pair.first == "From" || pair.first == "Body";
      });
  if (!plain) co_await read_message_options(messenger, context, draft);
  if (context.account->trial) draft.unverified = !co_await messenger.may_reach(*context.account, *draft.to);
  DT_CO_TRY(Message message, messenger.prepare(std::move(draft)));
  if (Mishaps* const mishaps = messenger.mishaps()) {
    if (auto refusal = co_await mishaps->refuse(message)) co_return fail(*std::move(refusal));
  }
  // The answer shows the message as it was accepted, also when it is delivered by then.
  std::string accepted = wire_of(message);
  store::Transaction transaction;
  co_await messenger.send(transaction, message);
  DT_CO_CHECK(co_await messenger.services().ledger.commit(std::move(transaction)));
  co_return Reply{.status = 201, .body = std::move(accepted)};
}

/// Where the SIDs of the messages that a filter keeps lie, those with kSentOff left aside.
void bound(rest::Listing& listing, const rest::DateFilter& dates) {
  const auto end_of = [](const ParsedTime& date) {
    return date.time + (date.whole_day ? Duration(std::chrono::days(1)) : Duration(std::chrono::seconds(1)));
  };
  std::optional<TimePoint> from, to;
  if (dates.after) from = dates.after->time;
  if (dates.on && (!from || dates.on->time > *from)) from = dates.on->time;
  if (dates.before) to = end_of(*dates.before);
  if (dates.on && (!to || end_of(*dates.on) < *to)) to = end_of(*dates.on);
  if (from) listing.id_min = first_sid_of(*from - kSentOffAfter);
  if (to) listing.id_max = first_sid_of(*to + kSentOffAfter);
  listing.besides = kSentOff;
}

std::string address(std::string_view text) {
  const auto number = E164::parse(text);
  return number ? number->str() : std::string(text);
}

Task<Result<Reply>> list(Messenger& messenger, Context& context) {
  DT_CO_TRY(const rest::DateFilter dates, rest::read_date_filter(context.query, "DateSent"));
  const std::string_view to = context.query.get("To");
  const std::string_view from = context.query.get("From");
  rest::Listing listing{.scope = message_scope(context.account->sid)};
  if (!to.empty()) {
    listing.term = store::Term{"to", address(to)};
  } else if (!from.empty()) {
    listing.term = store::Term{"from", address(from)};
  }
  const bool both = !to.empty() && !from.empty();
  const bool dated = dates.any();
  if (dated) bound(listing, dates);
  if (both || dated) {
    const std::string receiver = to.empty() ? std::string() : address(to);
    const std::string sender = from.empty() ? std::string() : address(from);
    listing.keep = [=](const store::Record& row) {
      const Message message = from_record(row);
      if ((!receiver.empty() && message.to != receiver) || (!sender.empty() && message.from != sender)) return false;
      return !dated || (message.sent && dates.keeps(*message.sent));
    };
  }
  listing.append = [](std::string& out, const store::Record& row) { append_wire(out, row); };
  co_return co_await rest::list(context, messenger.services().ledger.store(), std::move(listing));
}

Task<store::RecordPtr> find(Messenger& messenger, const Context& context) {
  auto& store = messenger.services().ledger.store();
  const std::string scope = message_scope(context.account->sid);
  if (auto known = store.peek(scope, context.value("Sid"))) co_return *known;
  co_return co_await store.get(scope, context.value("Sid"));
}

/// What was shown last of some messages: who waits for one to be delivered asks for it again and again. A record never
/// changes, so it tells whether the text still holds.
class Shown {
 public:
  const std::string& of(const store::RecordPtr& record) {
    Slot& slot = slots_[std::hash<store::RecordPtr>()(record) / alignof(std::max_align_t) % slots_.size()];
    if (slot.record != record) slot = {.record = record, .wire = wire_of(*record)};
    return slot.wire;
  }

 private:
  struct Slot {
    store::RecordPtr record = {};
    std::string wire = {};
  };
  std::array<Slot, 64> slots_;
};

Task<Result<Reply>> fetch(Messenger& messenger, Shown& shown, Context& context) {
  const auto record = co_await find(messenger, context);
  if (!record) co_return fail(rest::not_found(context));
  co_return Reply{.status = 200, .body = shown.of(record)};
}

/// POST to one message: an empty Body redacts it, Status=canceled takes a scheduled one back.
Task<Result<Reply>> update(Messenger& messenger, Context& context) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const auto record = co_await find(messenger, context);
    if (!record) co_return fail(rest::not_found(context));
    Message message = from_record(*record);
    store::Transaction transaction;
    transaction.require_unchanged(message_scope(message.account_sid), record);
    const TimePoint now = messenger.services().clock.now();
    if (const auto* status = context.form.find("Status")) {
      if (*status != "canceled")
        co_return fail({dialtone::errors::kBadRequest, fmt::format("Invalid Status: {}", *status)});
      if (message.status != Status::kScheduled) co_return fail(errors::kNotCancelable);
      message.status = Status::kCanceled;
      message.updated = now;
      messenger.add_entry(transaction, message);
      messenger.add_callback(transaction, message);
    }
    if (const auto* body = context.form.find("Body")) {
      if (!body->empty()) co_return fail(errors::kBodyNotEmpty);
      if (!is_final(message.status)) co_return fail(errors::kNotFinished);
      message.body.clear();
      message.updated = now;
      transaction.journal({.at = now,
                           .kind = "message.redacted",
                           .account = message.account_sid,
                           .subject = message.sid,
                           .data = "{}"});
    }
    const store::RecordPtr changed = to_record(message);
    transaction.put(message_scope(message.account_sid), changed);
    const auto committed = co_await messenger.services().ledger.commit(std::move(transaction));
    if (committed) co_return Reply{.status = 200, .body = wire_of(*changed)};
    if (committed.error().code != store::kConflict.code) co_return fail(committed.error());
  }
  co_return fail(dialtone::errors::kConflict);
}

Task<Result<Reply>> remove(Messenger& messenger, Context& context) {
  const auto record = co_await find(messenger, context);
  if (!record) co_return fail(rest::not_found(context));
  const Message message = from_record(*record);
  if (!is_final(message.status)) co_return fail(errors::kNotFinished);
  store::Transaction transaction;
  const std::string scope = message_scope(message.account_sid);
  transaction.require_unchanged(scope, record);
  transaction.erase(scope, message.sid);
  transaction.erase_tree(scope + '/' + message.sid);
  std::vector<std::string> hashes;
  if (message.num_media > 0) {
    const auto rows = co_await messenger.services().ledger.store().list(
        {.scope = media_scope(message.account_sid, message.sid), .limit = kMediaMax});
    for (const auto& row : rows) {
      erase_media(transaction, message.account_sid, message.sid, *row);
      hashes.push_back(part_of(*row).hash);
    }
  }
  transaction.journal({.at = messenger.services().clock.now(),
                       .kind = "message.deleted",
                       .account = message.account_sid,
                       .subject = message.sid,
                       .data = "{}"});
  DT_CO_CHECK(co_await messenger.services().ledger.commit(std::move(transaction)));
  for (const std::string& hash : hashes)
    co_await drop_file(messenger.services(), messenger.files(), message.account_sid, hash);
  co_return Reply{.status = 204, .body = {}};
}

}  // namespace

rest::Resource messages(Messenger& messenger) {
  return {.host = "api",
          .path = "/2010-04-01/Accounts/{AccountSid}/Messages.json",
          .methods = {{.method = catalogue::Method::kPost,
                       .run = [&messenger](Context& context) { return create(messenger, context); },
                       .validates = true},
                      {.method = catalogue::Method::kGet,
                       .run = [&messenger](Context& context) { return list(messenger, context); },
                       .validates = true}}};
}

rest::Resource message(Messenger& messenger) {
  return {.host = "api",
          .path = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json",
          .methods = {{.method = catalogue::Method::kGet,
                       .run = [&messenger, shown = std::make_shared<Shown>()](
                                  Context& context) { return fetch(messenger, *shown, context); }},
                      {.method = catalogue::Method::kPost,
                       .run = [&messenger](Context& context) { return update(messenger, context); },
                       .validates = true},
                      {.method = catalogue::Method::kDelete,
                       .run = [&messenger](Context& context) { return remove(messenger, context); }}}};
}

}  // namespace dialtone::messaging::resources
