#include "base/e164.hpp"
#include "messaging/errors.hpp"
#include "messaging/resources/resources.hpp"
#include "rest/paging.hpp"
#include "rest/values.hpp"

// The pool of a messaging service: PhoneNumbers, ShortCodes, AlphaSenders, DestinationAlphaSenders, ChannelSenders.
// Source: Twilio, Messaging Services; the fact sheet, section 7.2.

namespace dialtone::messaging::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr ErrorRow kAlphaMissing{21708, 400, "Alpha Sender is missing"};
constexpr ErrorRow kAlphaInvalid{21709, 400, "Alpha Sender is invalid"};
constexpr ErrorRow kInService{21710, 409, "Phone Number or Short Code is already in the Messaging Service"};
constexpr ErrorRow kInOtherService{21712, 409,
                                   "Phone Number or Short Code is associated with another Messaging Service"};
constexpr ErrorRow kPoolFull{21714, 400, "The Messaging Service has reached its limit of senders"};
constexpr ErrorRow kNotCapable{21715, 400, "Phone Number or Short Code lacks the required capabilities"};
constexpr ErrorRow kUnknownNumber{21421, 400, "PhoneNumber is invalid"};

/// The service that the path names; its placeholder has one of two names.
Result<MessagingServicePtr> service_of(Messenger& messenger, const Context& context) {
  std::string_view sid = context.value("ServiceSid");
  if (sid.empty()) sid = context.value("MessagingServiceSid");
  auto service = messenger.messaging_services().find(sid);
  if (!service || service->account_sid != context.account->sid) return fail(rest::not_found(context));
  return service;
}

std::string country_of(const Number& number) {
  if (number.is_short_code()) return "US";
  const auto phone = E164::parse(number.phone_number);
  return phone ? phone->country() : std::string();
}

/// A number or short code of the account that comes into a pool. Errors: 21421, 21710, 21712, 21715.
Task<Result<json::object>> number_sender(Messenger& messenger, const Context& context, const MessagingService& service,
                                         Sender& sender) {
  const bool short_code = sender.kind == SenderKind::kShortCode;
  sender.sid = context.form.get(short_code ? "ShortCodeSid" : "PhoneNumberSid");
  const std::string& account = context.account->sid;
  const auto record = co_await messenger.services().ledger.store().get(
      short_code ? short_code_scope(account) : number_scope(account), sender.sid);
  const json::object resource = record ? stored_object(record->value) : json::object{};
  const NumberPtr number =
      record ? messenger.numbers().find(text_of(resource, short_code ? "short_code" : "phone_number")) : nullptr;
  if (!number)
    co_return fail({kUnknownNumber, fmt::format("{} is not the SID of a sender of this account", sender.sid)});
  if (!number->sms) co_return fail(kNotCapable);
  if (const auto holder = messenger.messaging_services().of_sender(number->phone_number))
    co_return fail(holder->sid == service.sid ? kInService : kInOtherService);
  sender.address = number->phone_number;
  sender.country = country_of(*number);
  sender.mms = number->mms;
  json::array capabilities;
  if (number->mms) capabilities.emplace_back("MMS");
  capabilities.emplace_back("SMS");
  if (!short_code) capabilities.emplace_back("Voice");
  co_return json::object{{short_code ? "short_code" : "phone_number", sender.address},
                         {"country_code", sender.country},
                         {"capabilities", std::move(capabilities)}};
}

/// An alphanumeric sender, for all countries or one. Errors: 21708, 21709, 21710.
Result<json::object> alpha_sender(Messenger& messenger, const Context& context, const MessagingService& service,
                                  Sender& sender) {
  sender.address = context.form.get("AlphaSender");
  if (sender.address.empty()) return fail(kAlphaMissing);
  if (!is_alphanumeric_sender(sender.address) || sender.address.find('+') == 0 || context.account->trial)
    return fail({kAlphaInvalid, fmt::format("{} is not a valid alphanumeric sender", sender.address)});
  json::object resource{{"alpha_sender", sender.address}, {"capabilities", json::array{"SMS"}}};
  if (sender.kind == SenderKind::kDestinationAlpha) {
    sender.country = context.form.get("IsoCountryCode");
    if (!sender.country.empty()) {
      if (sender.country.size() != 2)
        return fail({dialtone::errors::kBadRequest, fmt::format("Invalid IsoCountryCode: {}", sender.country)});
      resource["iso_country_code"] = sender.country;
    }
  }
  for (const Sender& other : service.senders) {
    if (other.kind == sender.kind && other.address == sender.address && other.country == sender.country)
      return fail({kInService, fmt::format("{} is already in the Messaging Service", sender.address)});
  }
  sender.sid = messenger.services().sids.make("AI");
  return resource;
}

/// A sender of a channel, by its SID. Errors: 20404, 21710.
Task<Result<json::object>> channel_sender(Messenger& messenger, const Context& context, const MessagingService& service,
                                          Sender& sender) {
  sender.sid = context.form.get("Sid");
  if (std::ranges::any_of(service.senders, [&](const Sender& other) { return other.sid == sender.sid; }))
    co_return fail(kInService);
  const auto record = co_await messenger.services().ledger.store().get(
      fmt::format("{}/messaging/v2/Channels/Senders", context.account->sid), sender.sid);
  if (!record) co_return fail({dialtone::errors::kNotFound, fmt::format("There is no sender {}", sender.sid)});
  const json::object known = stored_object(record->value);
  sender.address = text_of(known, "sender_id");
  sender.mms = true;
  const std::string type = sender.address.substr(0, sender.address.find(':'));
  co_return json::object{{"sender", sender.address}, {"sender_type", type}, {"messaging_service_sid", service.sid}};
}

Task<Result<Reply>> create(Messenger& messenger, SenderKind kind, Context& context) {
  DT_CO_TRY(const MessagingServicePtr service, service_of(messenger, context));
  if (service->senders.size() >= kPoolSendersMax) co_return fail(kPoolFull);
  Sender sender{.kind = kind};
  json::object resource;
  switch (kind) {
    case SenderKind::kNumber:
    case SenderKind::kShortCode: {
      DT_CO_TRY(resource, co_await number_sender(messenger, context, *service, sender));
      break;
    }
    case SenderKind::kAlpha:
    case SenderKind::kDestinationAlpha: {
      DT_CO_TRY(resource, alpha_sender(messenger, context, *service, sender));
      break;
    }
    case SenderKind::kChannel: {
      DT_CO_TRY(resource, co_await channel_sender(messenger, context, *service, sender));
      break;
    }
  }
  const TimePoint now = messenger.services().clock.now();
  resource["sid"] = sender.sid;
  resource["account_sid"] = service->account_sid;
  if (kind != SenderKind::kChannel) resource["service_sid"] = service->sid;
  resource["date_created"] = iso8601(now);
  resource["date_updated"] = iso8601(now);
  resource["url"] = fmt::format("{}{}/{}", context.base_url, context.path, sender.sid);
  const std::string shown = wire_json(rest::shape(resource, context.operation.item(), now));
  store::Transaction transaction;
  transaction.put(pool_scope(service->account_sid, service->sid, collection_of(kind)), sender.sid, shown);
  transaction.journal({.at = now,
                       .kind = "messaging_service.sender_added",
                       .account = service->account_sid,
                       .subject = service->sid,
                       .data = wire_json({{"sid", sender.sid}, {"sender", sender.address}})});
  const std::string sender_sid = sender.sid;
  // Taken from now on, for others ask while this is written.
  messenger.messaging_services().add_sender(service->sid, std::move(sender));
  const auto committed = co_await messenger.services().ledger.commit(std::move(transaction));
  if (!committed) {
    messenger.messaging_services().remove_sender(service->sid, sender_sid);
    co_return fail(committed.error());
  }
  co_return Reply{.status = 201, .body = shown};
}

Task<Result<Reply>> fetch(Messenger& messenger, SenderKind kind, Context& context) {
  DT_CO_TRY(const MessagingServicePtr service, service_of(messenger, context));
  const auto record = co_await messenger.services().ledger.store().get(
      pool_scope(service->account_sid, service->sid, collection_of(kind)), context.value("Sid"));
  if (!record) co_return fail(rest::not_found(context));
  co_return Reply{.status = 200, .body = record->value};
}

Task<Result<Reply>> list(Messenger& messenger, SenderKind kind, Context& context) {
  DT_CO_TRY(const MessagingServicePtr service, service_of(messenger, context));
  rest::Listing listing{.scope = pool_scope(service->account_sid, service->sid, collection_of(kind))};
  if (const std::string country(context.query.get("IsoCountryCode")); !country.empty()) {
    listing.keep = [country](const store::Record& row) {
      return text_of(stored_object(row.value), "iso_country_code") == country;
    };
  }
  co_return co_await rest::list(context, messenger.services().ledger.store(), std::move(listing));
}

Task<Result<Reply>> remove(Messenger& messenger, SenderKind kind, Context& context) {
  DT_CO_TRY(const MessagingServicePtr service, service_of(messenger, context));
  const auto sender = std::ranges::find_if(
      service->senders, [&](const Sender& each) { return each.kind == kind && each.sid == context.value("Sid"); });
  if (sender == service->senders.end()) co_return fail(rest::not_found(context));
  store::Transaction transaction;
  MessagingServices::erase_sender(transaction, *service, *sender);
  transaction.journal({.at = messenger.services().clock.now(),
                       .kind = "messaging_service.sender_removed",
                       .account = service->account_sid,
                       .subject = service->sid,
                       .data = wire_json({{"sid", sender->sid}, {"sender", sender->address}})});
  DT_CO_CHECK(co_await messenger.services().ledger.commit(std::move(transaction)));
  messenger.messaging_services().remove_sender(service->sid, sender->sid);
  co_return Reply{.status = 204, .body = {}};
}

/// Placeholders of the catalogue's paths differ.
struct Paths {
  SenderKind kind;
  std::string_view collection;
  std::string_view one;
};
constexpr std::array<Paths, 5> kPaths{{
    {SenderKind::kNumber, "/v1/Services/{ServiceSid}/PhoneNumbers", "/v1/Services/{ServiceSid}/PhoneNumbers/{Sid}"},
    {SenderKind::kShortCode, "/v1/Services/{ServiceSid}/ShortCodes", "/v1/Services/{ServiceSid}/ShortCodes/{Sid}"},
    {SenderKind::kAlpha, "/v1/Services/{ServiceSid}/AlphaSenders", "/v1/Services/{ServiceSid}/AlphaSenders/{Sid}"},
    {SenderKind::kDestinationAlpha, "/v1/Services/{ServiceSid}/DestinationAlphaSenders",
     "/v1/Services/{ServiceSid}/DestinationAlphaSenders/{Sid}"},
    {SenderKind::kChannel, "/v1/Services/{MessagingServiceSid}/ChannelSenders",
     "/v1/Services/{MessagingServiceSid}/ChannelSenders/{Sid}"},
}};

}  // namespace

std::vector<rest::Resource> service_senders(Messenger& messenger) {
  std::vector<rest::Resource> out;
  for (const Paths& paths : kPaths) {
    const SenderKind kind = paths.kind;
    out.push_back(
        {.host = "messaging",
         .path = paths.collection,
         .methods = {{.method = catalogue::Method::kPost,
                      .run = [&messenger, kind](Context& context) { return create(messenger, kind, context); }},
                     {.method = catalogue::Method::kGet,
                      .run = [&messenger, kind](Context& context) { return list(messenger, kind, context); }}}});
    out.push_back(
        {.host = "messaging",
         .path = paths.one,
         .methods = {{.method = catalogue::Method::kGet,
                      .run = [&messenger, kind](Context& context) { return fetch(messenger, kind, context); }},
                     {.method = catalogue::Method::kDelete,
                      .run = [&messenger, kind](Context& context) { return remove(messenger, kind, context); }}}});
  }
  return out;
}

}  // namespace dialtone::messaging::resources
