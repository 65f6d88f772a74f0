#include <charconv>

#include "base/e164.hpp"
#include "messaging/regulations.hpp"
#include "messaging/resources/resources.hpp"
#include "rest/audit.hpp"
#include "rest/paging.hpp"
#include "rest/values.hpp"
#include "webhook/url.hpp"

namespace dialtone::messaging::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr int kTriesMax = 8;
constexpr std::size_t kFriendlyNameMax = 64;

constexpr ErrorRow kInvalidUrl{21402, 400, "The specified Url is not valid"};
constexpr ErrorRow kInvalidMethod{21403, 400, "The specified Method is not valid"};
constexpr ErrorRow kInvalidNumber{21421, 400, "PhoneNumber is invalid"};
constexpr ErrorRow kNotAvailable{21422, 400, "PhoneNumber is not available"};
constexpr ErrorRow kInvalidAreaCode{21451, 400, "Invalid AreaCode"};
constexpr ErrorRow kNoneInAreaCode{21452, 400, "No phone numbers found in that area code"};
constexpr ErrorRow kNameTooLong{20002, 400, "Invalid FriendlyName"};
constexpr ErrorRow kAreaCodeOfKind{21457, 400, "AreaCode is not allowed for a list of one kind of number"};
constexpr ErrorRow kOtherKind{21458, 400, "The number is not of this kind"};
constexpr ErrorRow kTargetInvalid{21470, 400, "AccountSid is invalid"};
constexpr ErrorRow kTargetUnknown{21471, 400, "Account does not exist"};
constexpr ErrorRow kTargetInactive{21472, 400, "The account to transfer to is not active"};
constexpr ErrorRow kTransferNotByParent{21474, 400, "Only the parent account may transfer a phone number"};
constexpr ErrorRow kVoiceFallbackAlone{21405, 400, "Cannot set VoiceFallbackUrl without setting Url"};
constexpr ErrorRow kSmsFallbackAlone{21406, 400, "Cannot set SmsFallbackUrl without setting SmsUrl"};
constexpr ErrorRow kNoMessages{21407, 400, "This Phone Number type does not support SMS"};
constexpr ErrorRow kNoCallerIdLookup{21409, 400, "VoiceCallerIdLookup cannot be set for this phone number"};
constexpr ErrorRow kApplicationInvalid{21420, 400, "ApplicationSid is not valid"};
constexpr ErrorRow kTrialHasOne{21404, 400, "Trial accounts are allowed only one Twilio phone number"};
constexpr ErrorRow kNumberMissing{21401, 400, "Either PhoneNumber or AreaCode is required"};

/// A form field and the property that it sets.
struct Field {
  std::string_view parameter;
  std::string_view property;
  enum class Kind : std::uint8_t { kUrl, kMethod, kText, kFlag } kind;
};
constexpr std::array<Field, 19> kFields{{
    {"SmsUrl", "sms_url", Field::Kind::kUrl},
    {"SmsMethod", "sms_method", Field::Kind::kMethod},
    {"SmsFallbackUrl", "sms_fallback_url", Field::Kind::kUrl},
    {"SmsFallbackMethod", "sms_fallback_method", Field::Kind::kMethod},
    {"SmsApplicationSid", "sms_application_sid", Field::Kind::kText},
    {"VoiceUrl", "voice_url", Field::Kind::kUrl},
    {"VoiceMethod", "voice_method", Field::Kind::kMethod},
    {"VoiceFallbackUrl", "voice_fallback_url", Field::Kind::kUrl},
    {"VoiceFallbackMethod", "voice_fallback_method", Field::Kind::kMethod},
    {"VoiceApplicationSid", "voice_application_sid", Field::Kind::kText},
    {"VoiceCallerIdLookup", "voice_caller_id_lookup", Field::Kind::kFlag},
    {"VoiceReceiveMode", "voice_receive_mode", Field::Kind::kText},
    {"StatusCallback", "status_callback", Field::Kind::kUrl},
    {"StatusCallbackMethod", "status_callback_method", Field::Kind::kMethod},
    {"TrunkSid", "trunk_sid", Field::Kind::kText},
    {"AddressSid", "address_sid", Field::Kind::kText},
    {"IdentitySid", "identity_sid", Field::Kind::kText},
    {"BundleSid", "bundle_sid", Field::Kind::kText},
    {"EmergencyAddressSid", "emergency_address_sid", Field::Kind::kText},
}};

/// Sets what the form gives; an empty value clears. Errors: 20002, 21402, 21403, 21405 to 21407, 21409.
Result<> apply(json::object& number, const rest::Fields& form) {
  if (const auto* name = form.find("FriendlyName")) {
    const auto characters =
        std::ranges::count_if(*name, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
    if (static_cast<std::size_t>(characters) > kFriendlyNameMax) return fail(kNameTooLong);
    number["friendly_name"] = *name;
  }
  const bool sms = number["capabilities"].as_object()["sms"].as_bool();
  if (const auto* status = form.find("EmergencyStatus")) number["emergency_status"] = *status;
  for (const Field& field : kFields) {
    const auto* value = form.find(field.parameter);
    if (!value) continue;
    if (!value->empty() && !sms && field.parameter.starts_with("Sms") && field.kind != Field::Kind::kMethod)
      return fail({kNoMessages, fmt::format("{} cannot be set: {} does not support SMS", field.parameter,
                                            text_of(number, "phone_number"))});
    switch (field.kind) {
      case Field::Kind::kUrl:
        // What its fragment asks for is judged when it is used (11240, 11243).
        if (const auto url = webhook::parse_url(*value);
            !value->empty() && !url && url.error().code == webhook::errors::kMalformedUrl.code) {
          return fail({kInvalidUrl, fmt::format("{} is not a valid URL: {}", field.parameter, *value)});
        }
        number[field.property] = *value;
        break;
      case Field::Kind::kMethod: {
        std::string upper = *value;
        std::ranges::transform(upper, upper.begin(),
                               [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        if (upper != "GET" && upper != "POST") {
          return fail({kInvalidMethod, fmt::format("{} is not GET or POST: {}", field.parameter, *value)});
        }
        number[field.property] = upper;
        break;
      }
      case Field::Kind::kText:
        if (value->empty()) {
          number[field.property] = nullptr;
        } else {
          number[field.property] = *value;
        }
        break;
      case Field::Kind::kFlag:
        // Names of callers are known in the United States and Canada.
        if (const auto phone = E164::parse(text_of(number, "phone_number"));
            form.flag(field.parameter, false) && phone && !phone->is_us_or_canada()) {
          return fail({kNoCallerIdLookup, fmt::format("VoiceCallerIdLookup cannot be set for {}", phone->text())});
        }
        number[field.property] = form.flag(field.parameter, false);
        break;
    }
  }
  // Where an application is set, the URLs are not looked at.
  for (const auto& [main, fallback, row] : {std::tuple{"voice_url", "voice_fallback_url", &kVoiceFallbackAlone},
                                            {"sms_url", "sms_fallback_url", &kSmsFallbackAlone}}) {
    if (text_of(number, main).empty() && !text_of(number, fallback).empty()) return fail(*row);
  }
  return {};
}

/// An application that is set must be the account's own. Error: 21420.
Task<Result<>> check_applications(Messenger& messenger, std::string account_sid, const rest::Fields& form) {
  for (const std::string_view name : {"SmsApplicationSid", "VoiceApplicationSid"}) {
    const std::string_view sid = form.get(name);
    if (sid.empty()) continue;
    if (!co_await messenger.services().ledger.store().get(account_sid + "/api/Applications", sid))
      co_return fail({kApplicationInvalid, fmt::format("{} is not the SID of an application of yours: {}", name, sid)});
  }
  co_return Result<>{};
}

/// What the API calls a number's kind.
std::string_view type_of(const E164& phone) {
  if (phone.is_toll_free()) return "toll-free";
  return phone.line_type() == LineType::kMobile ? "mobile" : "local";
}

/// The kind that a view of the collection is for (`…/IncomingPhoneNumbers/TollFree.json`); empty for the whole.
std::string_view type_of_view(std::string_view path) {
  std::string_view view = path.substr(path.rfind('/') + 1);
  view = view.substr(0, view.find('.'));
  return view == "TollFree" ? "toll-free" : view == "Local" ? "local" : view == "Mobile" ? "mobile" : "";
}

json::object blank(const std::string& account_sid, const std::string& sid, const E164& phone, TimePoint now,
                   NumberOrigin origin) {
  const numbers::Kind kind = kind_of(phone);
  const bool sms = origin == NumberOrigin::kBrought || numbers::takes_messages(phone.country(), kind);
  json::object n;
  n["account_sid"] = account_sid;
  n["address_sid"] = nullptr;
  n["address_requirements"] = numbers::address_requirement(phone.country(), kind);
  n["api_version"] = "2010-04-01";
  n["beta"] = false;
  n["capabilities"] = {{"voice", true}, {"sms", sms}, {"mms", phone.is_us_or_canada()}, {"fax", false}};
  n["date_created"] = rfc2822(now);
  n["date_updated"] = rfc2822(now);
  n["friendly_name"] = phone.national_format();
  n["identity_sid"] = nullptr;
  n["phone_number"] = phone.text();
  n["origin"] = "twilio";
  n["sid"] = sid;
  n["sms_application_sid"] = nullptr;
  n["sms_fallback_method"] = "POST";
  n["sms_fallback_url"] = "";
  n["sms_method"] = "POST";
  n["sms_url"] = "";
  n["status_callback"] = "";
  n["status_callback_method"] = "POST";
  n["trunk_sid"] = nullptr;
  n["uri"] = fmt::format("/2010-04-01/Accounts/{}/IncomingPhoneNumbers/{}.json", account_sid, sid);
  n["voice_receive_mode"] = "voice";
  n["voice_application_sid"] = nullptr;
  n["voice_caller_id_lookup"] = false;
  n["voice_fallback_method"] = "POST";
  n["voice_fallback_url"] = "";
  n["voice_method"] = "POST";
  n["voice_url"] = "";
  n["emergency_status"] = "Inactive";
  n["emergency_address_sid"] = nullptr;
  n["emergency_address_status"] = "unregistered";
  n["bundle_sid"] = nullptr;
  n["status"] = "in-use";
  n["type"] = type_of(phone);
  n["subresource_uris"] = {
      {"assigned_add_ons",
       fmt::format("/2010-04-01/Accounts/{}/IncomingPhoneNumbers/{}/AssignedAddOns.json", account_sid, sid)}};
  return n;
}

/// The number as the operation's document shows it: its type, say, is told of some lists and not of others.
std::string shown(Messenger& messenger, const Context& context, const json::object& number) {
  return wire_json(rest::shape(number, context.operation.item(), messenger.services().clock.now()));
}

/// A free number in a North American area code.
Result<E164> pick(const Messenger& messenger, std::string_view area_code) {
  const bool digits =
      area_code.size() == 3 && std::ranges::all_of(area_code, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || area_code[0] < '2') return fail({kInvalidAreaCode, fmt::format("Invalid AreaCode: {}", area_code)});
  for (int line = 5'550'100; line < 5'559'999; ++line) {
    auto number = E164::parse(fmt::format("+1{}{}", area_code, line));
    if (number && messenger.is_free(number->text())) return number;
  }
  return fail({kNoneInAreaCode, fmt::format("No phone numbers found in area code {}", area_code)});
}

Task<Result<Reply>> list(Messenger& messenger, Context& context) {
  rest::Listing listing{.scope = number_scope(context.account->sid)};
  std::string wanted(context.query.get("PhoneNumber"));
  std::erase_if(wanted, [](char c) { return c != '*' && (c < '0' || c > '9'); });
  const std::string name(context.query.get("FriendlyName"));
  const std::string origin(context.query.get("Origin"));
  const std::string beta(context.query.get("Beta"));
  const std::string type(type_of_view(context.path));
  if (!wanted.empty() || !name.empty() || !origin.empty() || !beta.empty() || !type.empty()) {
    listing.keep = [=](const store::Record& row) {
      const json::object number = stored_object(row.value);
      if (!name.empty() && text_of(number, "friendly_name") != name) return false;
      if (!origin.empty() && text_of(number, "origin") != origin) return false;
      if (beta == "true") return false;  // none of ours is
      if (!type.empty() && text_of(number, "type") != type) return false;
      if (wanted.empty()) return true;
      // Any part of the number; `*` stands for one digit.
      const std::string_view digits = text_of(number, "phone_number").substr(1);
      for (std::size_t at = 0; at + wanted.size() <= digits.size(); ++at) {
        bool fits = true;
        for (std::size_t i = 0; fits && i < wanted.size(); ++i) fits = wanted[i] == '*' || wanted[i] == digits[at + i];
        if (fits) return true;
      }
      return false;
    };
  }
  listing.append = [&](std::string& out, const store::Record& row) {
    out += shown(messenger, context, stored_object(row.value));
  };
  co_return co_await rest::list(context, messenger.services().ledger.store(), std::move(listing));
}

Task<Result<std::string>> buy(Messenger& messenger, rest::AccountPtr account, E164 phone, const rest::Fields& form,
                              const Context* asked) {
  if (!messenger.is_free(phone.text()))
    co_return fail({kNotAvailable, fmt::format("{} is not available", phone.text())});
  if (account->trial && messenger.limits() && !messenger.numbers().of(account->sid).empty())
    co_return fail(kTrialHasOne);
  if (asked) {
    DT_CO_CHECK(co_await check_regulations(messenger,
                                           {.how = Holding::How::kBought,
                                            .account_sid = account->sid,
                                            .phone = phone,
                                            .strict = messenger.limits() != nullptr},
                                           form));
  }
  store::Transaction transaction;
  DT_CO_TRY(const json::object number, add_number(messenger, transaction, account->sid, phone, form,
                                                  asked ? NumberOrigin::kBought : NumberOrigin::kBrought));
  if (asked) {
    rest::audit(
        transaction, messenger.services(), *asked,
        {.resource_type = "phone-number", .verb = "created", .resource_sid = text_of(number, "sid"), .after = &number});
  }
  messenger.numbers().remember(number);  // taken from now on, for others ask while this is written
  const auto committed = co_await messenger.services().ledger.commit(std::move(transaction));
  if (!committed) {
    messenger.numbers().forget(phone.text());
    if (committed.error().code == store::kConflict.code) {
      co_return fail({kNotAvailable, fmt::format("{} is not available", phone.text())});
    }
    co_return fail(committed.error());
  }
  co_return wire_json(number);
}

Task<Result<Reply>> create(Messenger& messenger, Context& context) {
  if (const auto type = type_of_view(context.path); !type.empty()) {
    if (context.form.has("AreaCode")) co_return fail(kAreaCodeOfKind);
    const auto phone = E164::parse(context.form.get("PhoneNumber"));
    if (phone && type_of(*phone) != type)
      co_return fail({kOtherKind, fmt::format("{} is not a {} number", phone->text(), type)});
  }
  DT_CO_TRY(const auto record, co_await create_number(messenger, context.account, context.form, &context));
  const json::value number = json::parse(record);
  co_return Reply{.status = 201, .body = shown(messenger, context, number.get_object())};
}

/// Where a number is to go: to another account of the same family, when the parent says so. Null: it stays. Errors:
/// 21470, 21471, 21472, 21474.
Result<rest::AccountPtr> transfer_target(Messenger& messenger, const Context& context) {
  const auto* sid = context.form.find("AccountSid");
  if (!sid || *sid == context.account->sid) return nullptr;
  if (!is_sid(*sid, "AC")) return fail({kTargetInvalid, fmt::format("AccountSid is invalid: {}", *sid)});
  const rest::Account& asking = *context.principal.account;
  if (asking.is_subaccount() || !context.principal.key_sid.empty()) return fail(kTransferNotByParent);
  auto target = messenger.accounts().find(*sid);
  // All accounts here are of one family, so one that is not related is not known either.
  if (!target || (target->sid != asking.sid && target->owner_sid != asking.sid)) return fail(kTargetUnknown);
  if (target->status != "active") return fail(kTargetInactive);
  return target;
}

Task<Result<Reply>> update(Messenger& messenger, Context& context) {
  DT_CO_TRY(const rest::AccountPtr target, transfer_target(messenger, context));
  DT_CO_CHECK(co_await check_applications(messenger, context.account->sid, context.form));
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const std::string scope = number_scope(context.account->sid);
    const auto record = co_await messenger.services().ledger.store().get(scope, context.value("Sid"));
    if (!record) co_return fail(rest::not_found(context));
    json::object number = stored_object(record->value);
    if (const auto phone = E164::parse(text_of(number, "phone_number"))) {
      DT_CO_CHECK(co_await check_regulations(messenger,
                                             {.how = target ? Holding::How::kMoved : Holding::How::kChanged,
                                              .account_sid = target ? target->sid : context.account->sid,
                                              .phone = *phone,
                                              .strict = messenger.limits() != nullptr},
                                             context.form));
    }
    if (target) {  // what it had was the old account's
      for (const std::string_view name : {"address_sid", "bundle_sid", "identity_sid", "emergency_address_sid"})
        number[name] = nullptr;
    }
    DT_CO_CHECK(apply(number, context.form));
    number["date_updated"] = rfc2822(messenger.services().clock.now());
    store::Transaction transaction;
    transaction.require_unchanged(scope, record);
    if (target) {
      transaction.erase(scope, record->id);
      transaction.erase_tree(scope + '/' + record->id);
      number["account_sid"] = target->sid;
      number["uri"] = fmt::format("/2010-04-01/Accounts/{}/IncomingPhoneNumbers/{}.json", target->sid, record->id);
      Numbers::claim(transaction, number);
    }
    Numbers::put(transaction, number, false);
    transaction.journal({.at = messenger.services().clock.now(),
                         .kind = "number.updated",
                         .account = context.account->sid,
                         .subject = std::string(text_of(number, "phone_number")),
                         .data = wire_json({{"sid", text_of(number, "sid")}})});
    const json::object before = stored_object(record->value);
    rest::audit(transaction, messenger.services(), context,
                {.resource_type = "phone-number",
                 .verb = "updated",
                 .resource_sid = record->id,
                 .before = &before,
                 .after = &number});
    const auto committed = co_await messenger.services().ledger.commit(std::move(transaction));
    if (committed) {
      messenger.numbers().remember(number);
      co_return Reply{.status = 200, .body = shown(messenger, context, number)};
    }
    if (committed.error().code != store::kConflict.code) co_return fail(committed.error());
  }
  co_return fail(dialtone::errors::kConflict);
}

Task<Result<Reply>> remove(Messenger& messenger, Context& context) {
  const auto record =
      co_await messenger.services().ledger.store().get(number_scope(context.account->sid), context.value("Sid"));
  if (!record) co_return fail(rest::not_found(context));
  const json::object resource = stored_object(record->value);
  const Number number{.phone_number = std::string(text_of(resource, "phone_number")),
                      .sid = std::string(text_of(resource, "sid")),
                      .account_sid = context.account->sid,
                      .application_sid = {},
                      .hook = {}};
  store::Transaction transaction;
  Numbers::erase(transaction, number);
  const auto service = messenger.messaging_services().of_sender(number.phone_number);
  if (service) {
    MessagingServices::erase_sender(transaction, *service,
                                    {.kind = SenderKind::kNumber, .sid = number.sid, .address = number.phone_number});
  }
  transaction.journal({.at = messenger.services().clock.now(),
                       .kind = "number.released",
                       .account = context.account->sid,
                       .subject = number.phone_number,
                       .data = wire_json({{"sid", number.sid}})});
  rest::audit(transaction, messenger.services(), context,
              {.resource_type = "phone-number", .verb = "deleted", .resource_sid = record->id, .before = &resource});
  DT_CO_CHECK(co_await messenger.services().ledger.commit(std::move(transaction)));
  messenger.numbers().forget(number.phone_number);
  if (service) messenger.messaging_services().remove_sender(service->sid, number.sid);
  co_return Reply{.status = 204, .body = {}};
}

Task<Result<Reply>> fetch(Messenger& messenger, Context& context) {
  const auto record =
      co_await messenger.services().ledger.store().get(number_scope(context.account->sid), context.value("Sid"));
  if (!record) co_return fail(rest::not_found(context));
  co_return Reply{.status = 200, .body = shown(messenger, context, stored_object(record->value))};
}

}  // namespace

Result<json::object> draft_number(Messenger& messenger, const std::string& account_sid, const E164& phone,
                                  const rest::Fields& form, NumberOrigin origin) {
  auto& services = messenger.services();
  json::object number = blank(account_sid, services.sids.make("PN"), phone, services.clock.now(), origin);
  DT_CHECK(apply(number, form));
  return number;
}

Result<json::object> add_number(Messenger& messenger, store::Transaction& transaction, const std::string& account_sid,
                                const E164& phone, const rest::Fields& form, NumberOrigin origin) {
  auto& services = messenger.services();
  DT_TRY(json::object number, draft_number(messenger, account_sid, phone, form, origin));
  const std::string sid(text_of(number, "sid"));
  Numbers::put(transaction, number, true);
  transaction.journal({.at = services.clock.now(),
                       .kind = "number.created",
                       .account = account_sid,
                       .subject = phone.str(),
                       .data = wire_json({{"sid", sid}, {"type", text_of(number, "type")}})});
  return number;
}

Task<Result<std::string>> create_number(Messenger& messenger, rest::AccountPtr account, const rest::Fields& form,
                                        const Context* asked) {
  const std::string_view given = form.get("PhoneNumber");
  if (given.empty() && form.get("AreaCode").empty()) co_return fail(kNumberMissing);
  DT_CO_CHECK(co_await check_applications(messenger, account->sid, form));
  if (given.empty()) {
    DT_CO_TRY(const auto phone, pick(messenger, form.get("AreaCode")));
    co_return co_await buy(messenger, std::move(account), phone, form, asked);
  }
  const auto phone = E164::parse(given);
  if (!phone) co_return fail({kInvalidNumber, fmt::format("{} is not a valid number", given)});
  co_return co_await buy(messenger, std::move(account), *phone, form, asked);
}

rest::Resource incoming_phone_numbers(Messenger& messenger, std::string_view path) {
  return {.host = "api",
          .path = path,
          .methods = {{.method = catalogue::Method::kPost,
                       .run = [&messenger](Context& context) { return create(messenger, context); },
                       .validates = true},
                      {.method = catalogue::Method::kGet,
                       .run = [&messenger](Context& context) { return list(messenger, context); }}}};
}

rest::Resource incoming_phone_number(Messenger& messenger) {
  return {.host = "api",
          .path = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json",
          .methods = {{.method = catalogue::Method::kGet,
                       .run = [&messenger](Context& context) { return fetch(messenger, context); }},
                      {.method = catalogue::Method::kPost,
                       .run = [&messenger](Context& context) { return update(messenger, context); },
                       .validates = true},
                      {.method = catalogue::Method::kDelete,
                       .run = [&messenger](Context& context) { return remove(messenger, context); }}}};
}

}  // namespace dialtone::messaging::resources
