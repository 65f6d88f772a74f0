#include "verify/delivery.hpp"

#include <fmt/format.h>

#include "verify/errors.hpp"
#include "verify/settings.hpp"

namespace dialtone::verify {
namespace {

constexpr std::string_view kWhatsAppPrefix = "whatsapp:";

std::string_view domain_of(std::string_view address) { return address.substr(address.find('@') + 1); }

/// What the request says of its mail. Error: 60200.
Result<json::object> read_configuration(const std::string& text) {
  if (text.empty()) return json::object{};
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return fail(errors::invalid("ChannelConfiguration"));
  const json::object& given = parsed->get_object();
  for (const std::string_view name : {"from", "from_name", "template_id"}) {
    const json::value* value = given.if_contains(name);
    if (value && !value->is_string() && !value->is_null()) return fail(errors::invalid("ChannelConfiguration"));
  }
  if (const auto from = text_of(given, "from"); !from.empty() && !is_mail_address(from))
    return fail(errors::invalid("ChannelConfiguration"));
  if (const json::value* values = given.if_contains("substitutions");
      values && !values->is_object() && !values->is_null())
    return fail(errors::invalid("ChannelConfiguration"));
  return std::move(parsed->get_object());
}

}  // namespace

std::string mail_scope(std::string_view account_sid) { return fmt::format("{}/dialtone/Mails", account_sid); }

Task<Result<std::string>> Delivery::sender_of(const Parcel& parcel) {
  if (parcel.channel == "rcs") co_return std::string(kRcsSender);
  if (parcel.channel == "whatsapp") {
    const json::value* own = parcel.service.if_contains("whatsapp");
    const json::object whatsapp = own && own->is_object() ? own->get_object() : json::object{};
    std::string from(text_of(whatsapp, "from"));
    const std::string_view pool = text_of(whatsapp, "msg_service_sid");
    if (pool.empty() && from.empty()) co_return std::string(kWhatsAppSender);
    if (!from.empty() && !from.starts_with(kWhatsAppPrefix)) from.insert(0, kWhatsAppPrefix);
    if (pool.empty()) co_return from;
    const auto service = pools_ ? pools_->find(pool) : nullptr;
    if (!service || service->account_sid != parcel.account->sid) co_return fail(errors::kWhatsApp);
    if (!from.empty()) co_return from;
    const messaging::Sender* sender = pools_->pick(*service, {.to = *parcel.number, .channel = "whatsapp"});
    if (!sender) co_return fail(errors::kWhatsApp);
    co_return sender->address;
  }
  if (!pools_) co_return std::string(kSender);
  const std::string scope =
      fmt::format("{}/verify/v2/Services/{}/MessagingConfigurations", parcel.account->sid, parcel.service_sid);
  for (const std::string& country : {parcel.number->country(), std::string("all")}) {
    const auto configured = co_await services_.ledger.store().get(scope, country);
    if (!configured) continue;
    const auto service = pools_->find(text_of(stored_object(configured->value), "messaging_service_sid"));
    const messaging::Sender* sender = service && service->account_sid == parcel.account->sid
                                          ? pools_->pick(*service, {.to = *parcel.number})
                                          : nullptr;
    if (sender) co_return sender->address;
  }
  co_return std::string(kSender);
}

Result<> Delivery::mail(const Parcel& parcel, store::Transaction& transaction) const {
  const json::value* set = parcel.settings.if_contains("mailer");
  if (!set || !set->is_object()) return fail(errors::kNoMailer);
  const json::object& mailer = set->get_object();
  DT_TRY(json::object wish, read_configuration(parcel.channel_configuration));
  const auto wished = [&](std::string_view name, std::string_view usual) {
    const std::string_view value = text_of(wish, name);
    return std::string(value.empty() ? usual : value);
  };
  // A domain is authenticated as a whole, as the mailer's own is.
  const std::string from = wished("from", text_of(mailer, "from"));
  if (domain_of(from) != domain_of(text_of(mailer, "from"))) return fail(errors::kMailSender);
  std::string subject = "Your {{twilio_service_name}} verification code";
  std::string body = "{{twilio_message}}";
  if (const std::string id = wished("template_id", text_of(mailer, "default_template_id")); !id.empty()) {
    const json::value* found = mailer.at("templates").as_object().if_contains(id);
    if (!found) return fail(errors::kMailTemplateInactive);
    body = text_of(found->as_object(), "text");
    if (const auto own = text_of(found->as_object(), "subject"); !own.empty()) subject = own;
    if (body.find("twilio_code") == std::string::npos && body.find("twilio_message") == std::string::npos)
      return fail(errors::kMailTemplateBare);
  }
  json::object values;
  if (const json::value* own = wish.if_contains("substitutions"); own && own->is_object()) values = own->get_object();
  values["twilio_code"] = parcel.code;
  values["twilio_message"] = parcel.wording.body;
  values["twilio_service_name"] = parcel.wording.name;
  fill(subject, values);
  fill(body, values);
  const TimePoint now = services_.clock.now();
  json::object letter{{"sid", services_.sids.make("EM")},
                      {"to", parcel.to},
                      {"from", from},
                      {"from_name", wished("from_name", text_of(mailer, "from_name"))},
                      {"subject", subject},
                      {"body", body},
                      {"verification_sid", parcel.verification_sid},
                      {"date", iso8601_precise(now)}};
  std::string value = wire_json(letter);
  const std::string sid(text_of(letter, "sid"));
  transaction.put(mail_scope(parcel.account->sid),
                  store::Record{.id = sid, .value = value, .terms = {{"to", parcel.to}}});
  transaction.journal(
      {.at = now, .kind = "email.received", .account = parcel.account->sid, .subject = sid, .data = std::move(value)});
  return {};
}

Task<Result<Delivered>> Delivery::send(Parcel parcel, store::Transaction& transaction) {
  for (const ErrorRow& warning : parcel.wording.warnings) {
    if (!alerts_) break;
    alerts_->add(transaction, {.account_sid = parcel.account->sid,
                               .resource_sid = parcel.verification_sid,
                               .code = warning.code,
                               .level = monitor::Level::kWarning,
                               .text = std::string(warning.message)});
  }
  if (parcel.channel == "email") {
    DT_CO_CHECK(mail(parcel, transaction));
    co_return Delivered{};
  }
  messaging::Message message;
  DT_CO_TRY(message.from, co_await sender_of(parcel));
  message.sid = services_.sids.make("SM");
  message.account_sid = parcel.account->sid;
  message.to = parcel.channel == "sms" ? parcel.to : fmt::format("{}:{}", parcel.channel, parcel.to);
  message.body = std::move(parcel.wording.body);
  message.created = message.updated = services_.clock.now();
  co_return co_await carry(std::move(message), transaction);
}

Task<Delivered> Delivery::carry(messaging::Message message, store::Transaction& transaction) {
  using Kind = messaging::Mishap::Kind;
  using Outcome = messaging::Report::Outcome;
  const messaging::Mishap mishap = mishaps_ ? mishaps_->strike(message, transaction) : messaging::Mishap{};
  if (mishap.kind == Kind::kFail)
    co_return Delivered{.status = mishap.rejected ? "failed" : "undelivered", .error_code = mishap.error_code};
  if (mishap.kind == Kind::kLoseMessage || mishap.kind == Kind::kDown) co_return Delivered{.status = "sent"};
  const messaging::Report report = co_await carrier_.submit(message, transaction);
  if (mishap.kind == Kind::kTwice) {
    message.sid = services_.sids.make("SM");
    co_await carrier_.submit(message, transaction);
  }
  Delivered out{.error_code = report.error_code};
  if (report.outcome == Outcome::kSent || mishap.kind == Kind::kLoseReceipt) out.status = "sent";
  if (report.outcome == Outcome::kUndelivered) out.status = "undelivered";
  if (report.outcome == Outcome::kFailed) out.status = "failed";
  co_return out;
}

}  // namespace dialtone::verify
