// What an account's test credentials may do: make messages, calls and numbers that nobody keeps, to and from magic
// numbers that stand for every outcome. Source: the fact sheet, section 8.
#include <algorithm>
#include <array>

#include "messaging/errors.hpp"
#include "messaging/resources/resources.hpp"
#include "messaging/segments.hpp"
#include "rest/values.hpp"
#include "webhook/url.hpp"

namespace dialtone::messaging::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr std::string_view kGood = "+15005550006";

/// A magic number and what it stands for; `{}` in the text is the number.
struct Magic {
  std::string_view number;
  ErrorRow row;
};
const std::array kMessageTo{
    Magic{"+15005550001", {21211, 400, "The 'To' number {} is not a valid phone number."}},
    Magic{"+15005550002",
          {21612, 400, "Message cannot be sent with the current combination of 'To' ({}) and/or 'From' parameters"}},
    Magic{
        "+15005550003",
        {21408, 400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {}"}},
    Magic{"+15005550004", {21610, 400, "Attempt to send to unsubscribed recipient"}},
    Magic{"+15005550009", {21614, 400, "To number: {}, is not a mobile number"}},
};
const std::array kMessageFrom{
    Magic{"+15005550001",
          {21212, 400, "The 'From' number {} is not a valid phone number, shortcode, or alphanumeric sender ID."}},
    Magic{"+15005550008", {21611, 400, "This 'From' number has exceeded the maximum number of queued messages: {}"}},
};
constexpr ErrorRow kMessageFromOther{
    21606, 400,
    "The From phone number {} is not a valid, SMS-capable inbound phone number or short code for your account."};
const std::array kCallTo{
    Magic{"+15005550001", {21217, 400, "Phone number does not appear to be valid: {}"}},
    Magic{"+15005550002", {21214, 400, "'To' phone number cannot be reached: {}"}},
    Magic{"+15005550003",
          {21215, 400, "Account not authorized to call {}. Perhaps you need to enable some international permissions"}},
    Magic{"+15005550004", {21216, 400, "Account not allowed to call {}"}},
};
const std::array kCallFrom{
    Magic{"+15005550001", {21212, 400, "The 'From' number {} is not a valid phone number"}},
};
constexpr ErrorRow kCallFromOther{
    21210, 400,
    "The source phone number provided, {}, is not yet verified for your account. You may only make calls from phone "
    "numbers that you've verified or purchased from Twilio."};
const std::array kBuy{
    Magic{"+15005550000", {21422, 400, "{} is not available"}},
    Magic{"+15005550001", {21421, 400, "{} is not a valid number"}},
};
constexpr ErrorRow kBuyOther{21422, 400, "{} is not available"};
constexpr ErrorRow kNoneInAreaCode{21452, 400, "No phone numbers found in area code {}"};
constexpr ErrorRow kNumberMissing{21401, 400, "Either PhoneNumber or AreaCode is required"};
constexpr ErrorRow kToMissing{21201, 400, "No 'To' number is specified"};
constexpr ErrorRow kFromMissing{21213, 400, "'From' phone number is required"};
constexpr ErrorRow kInvalidUrl{21205, 400, "Url is not a valid URL"};
constexpr ErrorRow kInvalidMethod{21209, 400, "Method must be GET or POST"};

std::unexpected<Error> told(const ErrorRow& row, std::string_view number) {
  return fail({row, fmt::format(fmt::runtime(row.message), number)});
}

/// The number in its plain form, or as it came.
std::string plain(std::string_view text) {
  const auto number = E164::parse(text);
  return number ? number->str() : std::string(text);
}

template <std::size_t Count>
Result<> check(const std::array<Magic, Count>& table, const std::string& number) {
  const auto found = std::ranges::find(table, number, &Magic::number);
  if (found == table.end()) return {};
  return told(found->row, number);
}

Task<Result<Reply>> send(Messenger& messenger, Context& context) {
  const auto& form = context.form;
  const std::string from = plain(form.get("From"));
  const std::string to = plain(form.get("To"));
  if (from.empty()) {
    if (form.has("MessagingServiceSid")) co_return fail(dialtone::errors::kTestCredentials);
    co_return fail(errors::kFromRequired);
  }
  if (to.empty()) co_return fail(errors::kToRequired);
  DT_CO_CHECK(check(kMessageTo, to));
  DT_CO_CHECK(check(kMessageFrom, from));
  if (from != kGood) co_return told(kMessageFromOther, from);
  if (form.get("Body").empty() && !form.has("MediaUrl")) co_return fail(errors::kBodyRequired);
  const auto number = E164::parse(to);
  if (!number) co_return told(kMessageTo.front().row, to);
  if (number->text() == from) co_return fail(errors::kToIsFrom);
  const std::vector<std::string> media = form.all("MediaUrl");
  if (media.size() > kMediaMax) co_return fail(errors::kTooManyMedia);
  for (const std::string& url : media) {
    if (!webhook::parse_url(url)) co_return fail(errors::kInvalidMediaUrl);
  }
  const std::string body(form.get("Body"));
  const auto characters =
      std::ranges::count_if(body, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  if (static_cast<std::size_t>(characters) > kBodyCharactersMax) co_return fail(errors::kBodyTooLong);
  if (const auto* callback = form.find("StatusCallback"); callback && !callback->empty()) {
    if (callback->size() > kUrlBytesMax || !webhook::parse_url(*callback)) co_return fail(errors::kInvalidCallback);
  }
  auto& services = messenger.services();
  Message message;
  message.sid = services.sids.make(media.empty() ? "SM" : "MM");
  message.account_sid = context.account->sid;
  message.from = from;
  message.to = number->str();
  message.body = body;
  message.num_segments = count_segments(body).count;
  message.num_media = media.size();
  message.created = services.clock.now();
  message.updated = message.created;
  co_return Reply{.status = 201, .body = wire_of(message)};
}

Task<Result<Reply>> buy(Messenger& messenger, Context& context) {
  const std::string given = plain(context.form.get("PhoneNumber"));
  if (given.empty()) {
    const std::string_view area_code = context.form.get("AreaCode");
    if (area_code.empty()) co_return fail(kNumberMissing);
    if (area_code != "500") co_return told(kNoneInAreaCode, area_code);
  } else {
    DT_CO_CHECK(check(kBuy, given));
    if (given != kGood) co_return told(kBuyOther, given);
  }
  DT_CO_TRY(const json::object number,
            draft_number(messenger, context.account->sid, *E164::parse(kGood), context.form, NumberOrigin::kBought));
  co_return Reply{.status = 201,
                  .body = wire_json(rest::shape(number, context.operation.item(), messenger.services().clock.now()))};
}

Task<Result<Reply>> call(Messenger& messenger, Context& context) {
  const auto& form = context.form;
  const std::string from = plain(form.get("From"));
  const std::string to = plain(form.get("To"));
  if (to.empty()) co_return fail(kToMissing);
  if (from.empty()) co_return fail(kFromMissing);
  DT_CO_CHECK(check(kCallTo, to));
  DT_CO_CHECK(check(kCallFrom, from));
  if (from != kGood) co_return told(kCallFromOther, from);
  if (form.get("Twiml").empty() && form.get("ApplicationSid").empty() && !webhook::parse_url(form.get("Url"))) {
    co_return fail(kInvalidUrl);
  }
  for (const std::string_view name : {"Method", "FallbackMethod", "StatusCallbackMethod"}) {
    const auto* method = form.find(name);
    if (method && *method != "GET" && *method != "POST") co_return fail(kInvalidMethod);
  }
  const auto formatted = [](const std::string& text) {
    const auto number = E164::parse(text);
    return number ? number->national_format() : text;
  };
  auto& services = messenger.services();
  const std::string sid = services.sids.make("CA");
  const std::string uri = fmt::format("/2010-04-01/Accounts/{}/Calls/{}", context.account->sid, sid);
  json::object links;
  for (const auto& [name, word] : {std::pair{"notifications", "Notifications"},
                                   {"recordings", "Recordings"},
                                   {"streams", "Streams"},
                                   {"transcriptions", "Transcriptions"},
                                   {"payments", "Payments"},
                                   {"siprec", "Siprec"},
                                   {"events", "Events"}}) {
    links[name] = fmt::format("{}/{}.json", uri, word);
  }
  const json::object made{{"sid", sid},
                          {"account_sid", context.account->sid},
                          {"to", to},
                          {"to_formatted", formatted(to)},
                          {"from", from},
                          {"from_formatted", formatted(from)},
                          {"phone_number_sid", services.sids.make("PN")},
                          {"status", "queued"},
                          {"start_time", nullptr},
                          {"end_time", nullptr},
                          {"date_created", nullptr},
                          {"date_updated", nullptr},
                          {"price_unit", "USD"},
                          {"direction", "outbound-api"},
                          {"api_version", "2010-04-01"},
                          {"forwarded_from", nullptr},
                          {"queue_time", "0"},
                          {"uri", uri + ".json"},
                          {"subresource_uris", std::move(links)}};
  co_return Reply{.status = 201, .body = wire_json(rest::shape(made, context.operation.item(), services.clock.now()))};
}

}  // namespace

void add_for_test_credentials(rest::Engine& engine, Messenger& messenger) {
  const auto post = [&](std::string_view path, Task<Result<Reply>> (*run)(Messenger&, Context&)) {
    engine.add_for_test_credentials(
        {.host = "api",
         .path = path,
         .methods = {{.method = catalogue::Method::kPost,
                      .run = [&messenger, run](Context& context) { return run(messenger, context); },
                      .validates = true}}});
  };
  post("/2010-04-01/Accounts/{AccountSid}/Messages.json", send);
  post("/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json", buy);
  post("/2010-04-01/Accounts/{AccountSid}/Calls.json", call);
}

}  // namespace dialtone::messaging::resources
