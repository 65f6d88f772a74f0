// Prints, as one object of JSON, what the parts of the library that are written by hand make; client_parts.test.mjs
// holds each against the official library. Reads {"token":…,"url":…,"parameters":[[name,value]…],"texts":[…]} from its
// input.

#include <iostream>
#include <iterator>

#include "twilio/access_token.hpp"
#include "twilio/request_validator.hpp"
#include "twilio/segments.hpp"
#include "twilio/twiml.hpp"

using twilio::Json;

namespace {

std::string menu() {
  twilio::twiml::VoiceResponse response;
  auto gather =
      response.gather({.action = "/menu?a=1&b=\"2\"", .input = {"dtmf", "speech"}, .num_digits = 1, .timeout = 3});
  auto say = gather.say("Press 1 < 2 & \"go\" > on", {.language = "en-GB", .loop = 2});
  say.break_({.strength = "weak", .time = "1s"});
  say.emphasis("really", {.level = "strong"});
  say.say_as("2024-05-06", {.format = "ymd", .interpret_as = "date"});
  gather.pause({.length = 1});
  response.play("https://example.com/a.mp3?x=1&y=2", {.loop = 3});
  auto dial = response.dial({.answer_on_bridge = true, .caller_id = "+15005550006", .record = "record-from-answer"});
  dial.number("+15558675310",
              {.status_callback = "https://example.com/s", .status_callback_event = {"initiated", "answered"}});
  dial.client("alice");
  dial.conference("Room & Board", {.end_conference_on_exit = true, .muted = false});
  response.dial("+15558675311");
  response.record({.finish_on_key = "#*", .max_length = 20});
  response.enqueue("support", {.wait_url = "/wait"});
  auto connect = response.connect();
  auto stream = connect.stream({.url = "wss://example.com/audio"});
  stream.parameter({.name = "who", .value = "me & you"});
  response.redirect("/again", {.method = "POST"});
  response.reject({.reason = "busy"});
  response.hangup();
  return response.xml();
}

std::string reply() {
  twilio::twiml::MessagingResponse response;
  response.message("Grüße <b> & 🚀", {.status_callback = "https://example.com/s", .to = "+15558675310"});
  auto message = response.message();
  message.body("one\ntwo");
  message.media("https://example.com/cat.png?a=1&b=2");
  response.redirect("/next", {.method = "GET"});
  return response.xml();
}

std::string token(twilio::AccessToken::Algorithm algorithm) {
  twilio::AccessToken token("AC1", "SK1", "secret",
                            {.identity = "alice & bob", .ttl = std::chrono::minutes(5), .region = "us1"});
  token
      .add(twilio::ChatGrant{
          .service_sid = "IS1", .endpoint_id = "e", .deployment_role_sid = "RL1", .push_credential_sid = "CR1"})
      .add(twilio::VideoGrant{.room = "room"})
      .add(twilio::SyncGrant{.service_sid = "IS2", .endpoint_id = "e2"})
      .add(twilio::VoiceGrant{.incoming_allow = true,
                              .outgoing_application_sid = "AP1",
                              .outgoing_application_params = Json::object({{"a", "b"}}),
                              .push_credential_sid = "CR2"})
      .add(twilio::TaskRouterGrant{.workspace_sid = "WS1", .worker_sid = "WK1", .role = "worker"})
      .add(twilio::PlaybackGrant{.grant = Json::object({{"requestCredentials", Json()}})});
  return token.jwt(algorithm);
}

}  // namespace

int main() {
  std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  Json given = Json::parse(input);
  twilio::RequestValidator validator(given["token"].text());
  twilio::RequestValidator::Parameters parameters;
  for (const Json& each : given["parameters"].items()) parameters.emplace_back(each[0].text(), each[1].text());
  Json segments = Json::array({});
  for (const Json& text : given["texts"].items()) {
    auto counted = twilio::count_segments(text.text());
    segments.add(Json::array(
        {counted.count(), counted.units, counted.encoding == twilio::Segments::Encoding::kGsm7 ? "GSM-7" : "UCS-2"}));
  }
  Json out = Json::object({{"menu", menu()}, {"reply", reply()}, {"segments", segments}});
  out.set("tokens",
          Json::array({token(twilio::AccessToken::Algorithm::kHs256), token(twilio::AccessToken::Algorithm::kHs384),
                       token(twilio::AccessToken::Algorithm::kHs512)}));
  out.set("signature", validator.signature(given["url"].text(), parameters));
  Json valid = Json::array({});
  for (const Json& each : given["claims"].items())
    valid.add(validator.validate(each[0].text(), each[1].text(), parameters));
  out.set("valid", valid);
  out.set("body",
          validator.validate_body(given["body_signature"].text(), given["body_url"].text(), given["body"].text()));
  out.set("wrong_body", validator.validate_body(given["body_signature"].text(), given["body_url"].text(), "other"));
  std::cout << out.dump() << '\n';
}
