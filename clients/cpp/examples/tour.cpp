// Every snippet of docs/cpp-client.md, so that what the guide says compiles. Run without arguments it only says so.

#include <chrono>
#include <iostream>

#include "twilio/access_token.hpp"
#include "twilio/api/v2010.hpp"
#include "twilio/lookups/v2.hpp"
#include "twilio/segments.hpp"
#include "twilio/serverless/v1.hpp"
#include "twilio/studio/v2.hpp"
#include "twilio/task.hpp"
#include "twilio/verify/v2.hpp"

using namespace std::chrono_literals;

void messages(twilio::Client& client, std::string to, std::string from, std::string service) {
  auto message = client.api().messages().create({.to = to, .from = from, .body = "Hello"});
  std::cout << message.sid << ' ' << message.status << '\n';
  if (message.status == twilio::api::v2010::MessageStatus::kFailed) std::cout << message.error_code.value_or(0);

  client.api().messages().create(
      {.to = to, .from = from, .body = "A cat", .media_url = {"https://example.com/cat.png"}});
  client.api().messages().create({.to = to,
                                  .schedule_type = "fixed",
                                  .send_at = std::chrono::system_clock::now() + 24h,
                                  .messaging_service_sid = service,
                                  .body = "Tomorrow"});
  auto same = client.api().messages(message.sid).fetch();
  client.api().messages(message.sid).update({.body = ""});
  client.api().messages(message.sid).remove();

  for (const auto& each : client.api().messages().list(
           {.to = to, .date_sent_after = std::chrono::system_clock::now() - 24h, .limit = 50})) {
    std::cout << each.body << '\n';
  }
  std::vector<twilio::api::v2010::Message> all = client.api().messages().list({.limit = 20}).all();
  auto page = client.api().messages().page({.page_size = 10});
  if (page.has_next()) page = page.next();
}

void calls_and_numbers(twilio::Client& client, std::string to, std::string from) {
  auto call = client.api().calls().create({.to = to, .from = from, .twiml = "<Response><Say>Hello</Say></Response>"});
  client.api().calls(call.sid).update({.status = "completed"});

  auto free = client.api().available_phone_numbers("US").local().list({.area_code = 415, .limit = 1}).all();
  auto number = client.api().incoming_phone_numbers().create(
      {.sms_url = "https://example.com/sms", .phone_number = free.at(0).phone_number});
  client.api().incoming_phone_numbers(number.sid).update({.sms_url = "https://example.com/other"});
}

void products(twilio::Client& client, std::string to, std::string flow, std::string from) {
  auto service = client.verify().v2().services().create({.friendly_name = "My app"});
  client.verify().v2().services(service.sid).verifications().create({.to = to, .channel = "sms"});
  auto check = client.verify().v2().services(service.sid).verification_checks().create({.code = "123456", .to = to});
  std::cout << check.status << '\n';

  auto known = client.lookups().v2().phone_numbers(to).fetch();
  std::cout << known.national_format << '\n';

  client.studio().v2().flows(flow).executions().create(
      {.to = to, .from = from, .parameters = twilio::Json::object({{"name", "Ada"}})});

  auto functions = client.serverless().v1().services().create({.unique_name = "lab", .friendly_name = "Lab"});
  auto environment = client.serverless().v1().services(functions.sid).environments().create({.unique_name = "dev"});
  std::cout << environment.domain_name << '\n';
}

void errors(twilio::Client& client, std::string to, std::string from) {
  try {
    client.api().messages().create({.to = to, .from = from, .body = "Hello"});
  } catch (const twilio::ApiError& error) {
    std::cerr << error.status() << ' ' << error.code() << ' ' << error.message() << ' ' << error.more_info() << '\n';
  } catch (const twilio::TransportError& error) {
    std::cerr << error.what() << (error.may_have_happened() ? ": ask before sending it again" : "") << '\n';
  }
}

twilio::Task<> at_once(twilio::Client& client, std::string to, std::string from) {
  auto first = client.api().messages().create_async({.to = to, .from = from, .body = "one"});
  auto second = client.api().messages().create_async({.to = to, .from = from, .body = "two"});
  std::cout << (co_await first).sid << (co_await second).sid << '\n';
}

void clients(std::string key, std::string secret, std::string account) {
  twilio::Client by_key(
      {.username = key, .password = secret, .account_sid = account, .edge = "dublin", .region = "ie1"});
  twilio::Client here({.base_address = "http://127.0.0.1:3425", .timeout = 5s, .retry = {.retries_max = 5}});
  twilio::Client telling({.log = [](const twilio::LogEntry& entry) { std::clog << entry.text() << '\n'; }});
}

std::string token(std::string account, std::string key, std::string secret, std::string application) {
  twilio::AccessToken token(account, key, secret, {.identity = "alice"});
  token.add(twilio::VoiceGrant{.incoming_allow = true, .outgoing_application_sid = application});
  return token.jwt();
}

int main(int count, char**) {
  if (count < 2) {
    std::cout << "The snippets of the guide; " << twilio::count_segments("Grüße").count() << " SMS for a short one.\n";
    return 0;
  }
  twilio::Client client;
  messages(client, "", "", "");
  calls_and_numbers(client, "", "");
  products(client, "", "", "");
  errors(client, "", "");
  at_once(client, "", "").get();
  clients("", "", "");
  token("", "", "", "");
}
