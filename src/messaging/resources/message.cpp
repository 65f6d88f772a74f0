#include <charconv>

#include "base/e164.hpp"
#include "messaging/errors.hpp"
#include "messaging/resources/resources.hpp"
#include "rest/paging.hpp"
#include "webhook/url.hpp"

namespace dialtone::messaging::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr std::chrono::seconds kSendAtMin{900};
constexpr std::chrono::seconds kSendAtMax{3'024'000};
constexpr int kTriesMax = 8;

/// The parameters beside To, From and Body that are checked on their own. Errors: the fact sheet, sections 2.5 and 2.8.
Task<Result<>> read_options(Messenger& messenger, const Context& context, Draft& draft) {
  const rest::Fields& form = context.form;
  auto& store = messenger.services().ledger.store();
  if (const auto from = form.get("From"); from.starts_with("MG") && is_sid(from)) {
    draft.service_sid = from;
    draft.from.reset();
  }
  if (const auto service = form.get("MessagingServiceSid"); !service.empty()) draft.service_sid = service;
  if (!draft.service_sid.empty()) {
    if (!is_sid(draft.service_sid, "MG")) co_return fail(errors::kServiceSidMalformed);
    const auto record = co_await store.get(draft.account->sid + "/messaging/v1/Services", draft.service_sid);
    if (!record) {
      co_return fail(
          {errors::kServiceNotFound, fmt::format("The Messaging Service {} does not exist", draft.service_sid)});
    }
    if (!draft.from) {
      const auto pool = co_await store.list(
          {.scope = fmt::format("{}/messaging/v1/Services/{}/PhoneNumbers", draft.account->sid, draft.service_sid),
           .limit = 1});
      if (pool.empty()) co_return fail(errors::kPoolEmpty);
      const json::value sender = json::parse(pool.front()->value);
      draft.from = std::string(text_of(sender.as_object(), "phone_number"));
      draft.from_pool = true;
    }
    if (draft.status_callback.empty()) {
      const json::value service = json::parse(record->value);
      draft.status_callback = text_of(service.as_object(), "status_callback");
    }
  }
  if (const auto application = form.get("ApplicationSid"); !application.empty() && draft.status_callback.empty()) {
    if (const auto record = co_await store.get(draft.account->sid + "/api/Applications", application)) {
      const json::value value = json::parse(record->value);
      draft.status_callback = text_of(value.as_object(), "message_status_callback");
    }
  }
  if (const auto* validity = form.find("ValidityPeriod")) {
    int seconds = 0;
    const auto [end, error] = std::from_chars(validity->data(), validity->data() + validity->size(), seconds);
    if (error != std::errc{} || end != validity->data() + validity->size() || seconds < 1 || seconds > 36'000) {
      co_return fail(errors::kInvalidValidity);
    }
  }
  if (const auto* price = form.find("MaxPrice")) {
    double value = 0;
    const auto [end, error] = std::from_chars(price->data(), price->data() + price->size(), value);
    if (error != std::errc{} || end != price->data() + price->size()) co_return fail(errors::kInvalidMaxPrice);
  }
  if (form.has("ContentVariables") && form.get("ContentSid").empty()) co_return fail(errors::kContentSidMissing);
  if (const auto content = form.get("ContentSid"); !content.empty()) {
    if (!is_sid(content, "HX")) co_return fail(errors::kContentSidInvalid);
    if (const auto* variables = form.find("ContentVariables")) {
      const auto parsed = parse_json(*variables);
      if (!parsed || !parsed->is_object()) co_return fail(errors::kContentVariablesInvalid);
    }
    draft.content_sid = content;
  }

  const std::string_view schedule = form.get("ScheduleType");
  const std::string_view send_at = form.get("SendAt");
  if (!schedule.empty() && schedule != "fixed") co_return fail(errors::kScheduleTypeInvalid);
  if (!schedule.empty() && send_at.empty()) co_return fail(errors::kSendAtMissing);
  if (!send_at.empty()) {
    if (schedule.empty()) co_return fail(errors::kScheduleTypeMissing);
    if (draft.service_sid.empty()) co_return fail(errors::kScheduleNeedsService);
    const auto time = parse_time(send_at);
    const TimePoint now = messenger.services().clock.now();
    if (!time || time->time < now + kSendAtMin || time->time > now + kSendAtMax) co_return fail(errors::kSendAtOutside);
    draft.send_at = time->time;
  }
  co_return Result<>{};
}

/// POST: queue a message. Source: Twilio Messages resource, create.
Task<Result<Reply>> create(Messenger& messenger, Context& context) {
  const rest::Fields& form = context.form;
  Draft draft{.account = context.account};
  if (const auto* to = form.find("To")) draft.to = *to;
  if (const auto* from = form.find("From")) draft.from = *from;
  if (const auto* body = form.find("Body")) draft.body = *body;
  draft.media_urls = form.all("MediaUrl");
  draft.status_callback = form.get("StatusCallback");
  draft.smart_encoded = form.flag("SmartEncoded", false);
  draft.feedback = form.flag("ProvideFeedback", false);
  if ((!draft.from || draft.from->empty()) && form.get("MessagingServiceSid").empty())
    co_return fail(errors::kFromRequired);
  if (!draft.to || draft.to->empty()) co_return fail(errors::kToRequired);
  const bool plain =
      draft.from && !draft.from->starts_with("MG") && std::ranges::all_of(form.pairs(), [](const auto& pair) {
        return pair.first == "To" || pair.first == "From" || pair.first == "Body";
      });
  if (!plain) DT_CO_CHECK(co_await read_options(messenger, context, draft));
  if (context.account->trial) draft.unverified = !co_await messenger.may_reach(*context.account, *draft.to);
  DT_CO_TRY(Message message, messenger.prepare(std::move(draft)));
  // The answer shows the message as it was accepted, also when it is delivered by then.
  std::string accepted = wire_json_of(message);
  store::Transaction transaction;
  co_await messenger.send(transaction, std::move(message));
  DT_CO_CHECK(co_await messenger.services().ledger.commit(std::move(transaction)));
  co_return Reply{.status = 201, .body = std::move(accepted)};
}

/// A date filter: `DateSent`, `DateSent<`, `DateSent>`. A date without a time is its whole UTC day, and so is what
/// DateSent must equal: libraries write midnight there when they mean the day.
struct DateFilter {
  std::optional<ParsedTime> on, before, after;

  [[nodiscard]] bool keeps(TimePoint time) const {
    using std::chrono::days;
    const auto day = [](TimePoint t) { return std::chrono::floor<days>(t); };
    const auto second = [](TimePoint t) { return std::chrono::floor<std::chrono::seconds>(t); };
    if (on && day(time) != day(on->time)) return false;
    if (before && (before->whole_day ? day(time) > day(before->time) : second(time) > second(before->time)))
      return false;
    if (after && second(time) < second(after->time)) return false;
    return true;
  }

  /// Where the SIDs of such messages lie, those with kSentOff left aside.
  void bound(rest::Listing& listing) const {
    const auto end_of = [](const ParsedTime& date) {
      return date.time + (date.whole_day ? Duration(std::chrono::days(1)) : Duration(std::chrono::seconds(1)));
    };
    std::optional<TimePoint> from, to;
    if (after) from = after->time;
    if (on && (!from || on->time > *from)) from = on->time;
    if (before) to = end_of(*before);
    if (on && (!to || end_of(*on) < *to)) to = end_of(*on);
    if (from) listing.id_min = first_sid_of(*from - kSentOffAfter);
    if (to) listing.id_max = first_sid_of(*to + kSentOffAfter);
    listing.besides = kSentOff;
  }
};

Result<std::optional<ParsedTime>> date(const rest::Fields& query, std::string_view name) {
  const std::string_view text = query.get(name);
  if (text.empty()) return std::nullopt;
  DT_TRY(auto time, parse_time(text));
  return time;
}

std::string address(std::string_view text) {
  const auto number = E164::parse(text);
  return number ? number->str() : std::string(text);
}

Task<Result<Reply>> list(Messenger& messenger, Context& context) {
  DateFilter dates;
  DT_CO_TRY(dates.on, date(context.query, "DateSent"));
  if (dates.on) dates.on = ParsedTime{.time = std::chrono::floor<std::chrono::days>(dates.on->time), .whole_day = true};
  DT_CO_TRY(dates.before, date(context.query, "DateSent<"));
  DT_CO_TRY(dates.after, date(context.query, "DateSent>"));
  const std::string_view to = context.query.get("To");
  const std::string_view from = context.query.get("From");
  rest::Listing listing{.scope = message_scope(context.account->sid)};
  if (!to.empty()) {
    listing.term = store::Term{"to", address(to)};
  } else if (!from.empty()) {
    listing.term = store::Term{"from", address(from)};
  }
  const bool both = !to.empty() && !from.empty();
  const bool dated = dates.on || dates.before || dates.after;
  if (dated) dates.bound(listing);
  if (both || dated) {
    const std::string receiver = to.empty() ? std::string() : address(to);
    const std::string sender = from.empty() ? std::string() : address(from);
    listing.keep = [=](const store::Record& row) {
      const Message message = from_record(row);
      if ((!receiver.empty() && message.to != receiver) || (!sender.empty() && message.from != sender)) return false;
      return !dated || (message.sent && dates.keeps(*message.sent));
    };
  }
  listing.append = [](std::string& out, const store::Record& row) { out += wire_of(row); };
  co_return co_await rest::list(context, messenger.services().ledger.store(), std::move(listing));
}

Task<store::RecordPtr> find(Messenger& messenger, const Context& context) {
  auto& store = messenger.services().ledger.store();
  const std::string scope = message_scope(context.account->sid);
  if (auto known = store.peek(scope, context.value("Sid"))) co_return *known;
  co_return co_await store.get(scope, context.value("Sid"));
}

Task<Result<Reply>> fetch(Messenger& messenger, Context& context) {
  const auto record = co_await find(messenger, context);
  if (!record) co_return fail(rest::not_found(context));
  co_return Reply{.status = 200, .body = std::string(wire_of(*record))};
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
    if (committed) co_return Reply{.status = 200, .body = std::string(wire_of(*changed))};
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
  if (message.num_media > 0) transaction.erase_tree(scope + '/' + message.sid);
  transaction.journal({.at = messenger.services().clock.now(),
                       .kind = "message.deleted",
                       .account = message.account_sid,
                       .subject = message.sid,
                       .data = "{}"});
  DT_CO_CHECK(co_await messenger.services().ledger.commit(std::move(transaction)));
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
                       .run = [&messenger](Context& context) { return fetch(messenger, context); }},
                      {.method = catalogue::Method::kPost,
                       .run = [&messenger](Context& context) { return update(messenger, context); },
                       .validates = true},
                      {.method = catalogue::Method::kDelete,
                       .run = [&messenger](Context& context) { return remove(messenger, context); }}}};
}

}  // namespace dialtone::messaging::resources
