// The gateway with real workers in real sandboxes. This program is its own sandbox helper.

#include "functions/gateway.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/testing.hpp"
#include "functions/answer.hpp"
#include "functions/testing.hpp"
#include "webhook/signature.hpp"

namespace dialtone::functions {
namespace {

using namespace std::chrono_literals;
using testing::header;
using testing::headers;
using testing::World;

TEST(Gateway, AnswersWithWhatTheHandlerGives) {
  World world;
  world.function("/text", "exports.handler = (context, event, callback) => callback(null, 'Hello ' + event.name);");
  world.function("/twiml", R"(exports.handler = (context, event, callback) => {
    const response = new Twilio.twiml.MessagingResponse();
    response.message('Hi');
    callback(null, response);
  };)");
  world.function("/json", "exports.handler = async (context, event, callback) => callback(null, {a: [1, event.b]});");
  world.function("/nothing", "exports.handler = (context, event, callback) => callback();");
  world.function("/number", "exports.handler = (context, event, callback) => callback(null, 7);");
  world.function("/response", R"(exports.handler = (context, event, callback) => {
    const response = new Twilio.Response();
    response.setStatusCode(202).setBody(Buffer.from([1, 2, 0, 255])).appendHeader('Content-Type', 'audio/x');
    response.appendHeader('X-A', '1');
    response.appendHeader('X-A', '2');
    response.setCookie('c', 'v', ['Max-Age=60', 'Domain=evil.example']);
    callback(null, response);
  };)");
  world.function("/error", "exports.handler = (context, event, callback) => callback(new Error('no'));");
  world.function("/word", "exports.handler = (context, event, callback) => callback('sorry');");
  world.function("/throw", "exports.handler = () => { throw new TypeError('thrown'); };");
  world.function("/reject", "exports.handler = async () => { throw new TypeError('rejected'); };");
  world.function("/none", "exports.other = 1;");
  world.function("/syntax", "exports.handler = (");
  world.module("/module",
               "export const handler = (context, event, callback) => callback(null, import.meta.url.slice(-4));");
  world.module("/import", R"(import twilio from 'twilio';
  export const handler = (context, event, callback) => callback(null, { same: twilio === Twilio });)");
  world.deploy();

  const auto text = world.get("/text?name=you");
  EXPECT_EQ(text.status, 200);
  EXPECT_EQ(text.body, "Hello you");
  EXPECT_EQ(header(text, "Content-Type"), "text/plain");
  EXPECT_EQ(header(text, "x-twilio-function-concurrency"), "1");
  EXPECT_TRUE(is_sid(header(text, "Twilio-Request-Id"), "RQ"));
  const auto twiml = world.get("/twiml");
  EXPECT_EQ(twiml.body, R"(<?xml version="1.0" encoding="UTF-8"?><Response><Message>Hi</Message></Response>)");
  EXPECT_EQ(header(twiml, "Content-Type"), "text/xml");
  const auto json = world.post("/json", "application/json", R"({"b": {"c": "é"}})");
  EXPECT_EQ(json.body, R"({"a":[1,{"c":"é"}]})");
  EXPECT_EQ(header(json, "Content-Type"), "application/json");
  EXPECT_EQ(world.get("/nothing").body, "");
  EXPECT_EQ(world.get("/number").body, "7");
  const auto response = world.get("/response");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, std::string("\1\2\0\xff", 4));
  EXPECT_EQ(headers(response, "X-A"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(headers(response, "Content-Type"), (std::vector<std::string>{"audio/x"}));
  EXPECT_EQ(header(response, "Set-Cookie"), "c=v; Max-Age=60; Domain=svc-1234.twil.io; HttpOnly; Secure");
  const auto error = world.get("/error");
  EXPECT_EQ(error.status, 500);
  EXPECT_EQ(json::parse(error.body).at("message"), "no");
  EXPECT_EQ(world.get("/word").status, 500);
  EXPECT_EQ(world.get("/word").body, "sorry");
  EXPECT_EQ(json::parse(world.get("/throw").body).at("name"), "TypeError");
  EXPECT_EQ(json::parse(world.get("/reject").body).at("message"), "rejected");
  EXPECT_EQ(world.get("/none").status, 500);
  EXPECT_EQ(json::parse(world.get("/syntax").body).at("name"), "SyntaxError");
  EXPECT_EQ(world.get("/module").body, ".mjs");
  EXPECT_EQ(world.get("/import").body, R"({"same":true})");
  EXPECT_EQ(world.get("/text?name=again").body, "Hello again");
}

TEST(Gateway, ImportsByThePathsOfTheProject) {
  World world;
  world.module("/app/main", R"(import { name } from '../lib/helper.mjs';
  import { name as bareName } from '../lib/helper';
  import old from './old.js';
  import table from '../table.json' with { type: 'json' };
  import left from 'left';
  import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
  export const handler = async (context, event, callback) => {
    const again = await import(Runtime.getFunctions()['lib/helper'].path);
    const missing = await import('./nowhere.mjs').catch((error) => error.code);
    callback(null, { name, bareName, old: old.name, table, left: left.name, again: again.name, missing,
                     twiml: VoiceResponse === Twilio.twiml.VoiceResponse });
  };)");
  world.module("/lib/helper", "export const name = 'helper';");
  world.function(
      "/app/old",
      "exports.name = 'old'; exports.handler = (context, event, callback) => import('./main.mjs').then((all) => "
      "callback(null, typeof all.handler));");
  world.asset("/table.json", "{\"x\":1}", Visibility::kPrivate);
  world.file("node_modules/left/index.js", "exports.name = 'left';");
  world.file("node_modules/left/package.json", "{\"name\": \"left\"}");
  world.deploy();
  EXPECT_EQ(world.get("/app/main").body,
            R"({"name":"helper","bareName":"helper","old":"old","table":{"x":1},"left":"left","again":"helper",)"
            R"("missing":"ERR_MODULE_NOT_FOUND","twiml":true})");
  EXPECT_EQ(world.get("/app/old").body, "function");
}

TEST(Gateway, GivesTheContextAndTheGlobals) {
  World world;
  world.function("/context", R"(exports.handler = (context, event, callback) => {
    const { getTwilioClient, ...facts } = context;
    callback(null, { facts, greeting: process.env.GREETING, client: getTwilioClient().accountSid, path: process.env.PATH,
                     left: Object.keys(process.env).filter((name) => name.startsWith('DIALTONE')) });
  };)");
  world.function("/runtime", R"(exports.handler = (context, event, callback) => {
    const helper = require(Runtime.getFunctions()['lib/helper'].path);
    callback(null, { functions: Object.keys(Runtime.getFunctions()), text: Runtime.getAssets()['/data.json'].open(),
                     assets: Object.keys(Runtime.getAssets()), helper: helper.name, relative: require('./lib/helper').name,
                     same: require('twilio') === Twilio, package: require('left').name,
                     sync: typeof Runtime.getSync({ serviceName: 'IS1' }).maps });
  };)");
  world.function("/lib/helper", "exports.name = 'helper';", Visibility::kPrivate);
  world.asset("/data.json", "{\"x\":1}", Visibility::kPrivate);
  world.asset("/public.txt", "seen", Visibility::kPublic);
  world.file("node_modules/left/index.js", "exports.name = 'left';");
  world.file("node_modules/left/package.json", "{\"name\": \"left\"}");
  world.variable("GREETING", "hi");
  world.variable("PATH", "mine");
  world.deploy();

  const auto context = json::parse(world.get("/context").body);
  const auto account = world.account();
  EXPECT_EQ(context.at("facts"), (json::value{{"DOMAIN_NAME", "svc-1234.twil.io"},
                                              {"PATH", "mine"},
                                              {"SERVICE_SID", world.service_sid},
                                              {"ENVIRONMENT_SID", world.environment_sid},
                                              {"ACCOUNT_SID", account->sid},
                                              {"AUTH_TOKEN", account->auth_token},
                                              {"GREETING", "hi"}}));
  EXPECT_EQ(context.at("greeting"), "hi");
  EXPECT_EQ(text_of(context.as_object(), "client"), account->sid);
  if (world.sandboxed()) EXPECT_EQ(context.at("path"), "/runtime");
  EXPECT_TRUE(context.at("left").as_array().empty());
  const auto runtime = world.get("/runtime");
  ASSERT_EQ(runtime.status, 200) << runtime.body;
  const auto seen = json::parse(runtime.body);
  EXPECT_EQ(seen.at("functions"), (json::array{"context", "lib/helper", "runtime"}));
  EXPECT_EQ(seen.at("assets"), json::array{"/data.json"});
  EXPECT_EQ(seen.at("text"), "{\"x\":1}");
  EXPECT_EQ(seen.at("helper"), "helper");
  EXPECT_EQ(seen.at("relative"), "helper");
  EXPECT_EQ(seen.at("same"), true);
  EXPECT_EQ(seen.at("package"), "left");
  EXPECT_EQ(seen.at("sync"), "function");

  world.variable("GREETING", "changed");
  world.deploy();
  EXPECT_EQ(json::parse(world.get("/context").body).at("greeting"), "changed");
}

TEST(Gateway, WithoutCredentialsThereIsNoClient) {
  World world;
  world.include_credentials = false;
  world.function("/a", R"(exports.handler = (context, event, callback) => {
    let problem;
    try { context.getTwilioClient(); } catch (error) { problem = error.message; }
    callback(null, { token: context.AUTH_TOKEN ?? null, account: context.ACCOUNT_SID ?? null, problem });
  };)");
  world.deploy();
  const auto seen = json::parse(world.get("/a").body);
  EXPECT_EQ(seen.at("token"), nullptr);
  EXPECT_EQ(seen.at("account"), nullptr);
  EXPECT_TRUE(seen.at("problem").is_string());
}

TEST(Gateway, RefusesBeforeAnyCodeRuns) {
  World world;
  world.function("/a",
                 "exports.handler = (context, event, callback) => { console.log('ran'); callback(null, 'ran'); };");
  world.function("/private", "exports.handler = (context, event, callback) => callback(null, 'ran');",
                 Visibility::kPrivate);
  world.deploy();
  EXPECT_EQ(world.post("/a", "application/json", "{").status, 400);
  EXPECT_EQ(world.get("/private").status, 404);
  EXPECT_EQ(world.get("/b").status, 404);
  EXPECT_EQ(world.get("/a/").status, 404);
  EXPECT_EQ(world.send({.method = "PUT", .target = "/a"}).status, 405);
  EXPECT_EQ(world.send({.method = "GET", .target = "/a", .body = "x"}).status, 403);
  EXPECT_EQ(world.post("/a", "text/plain", std::string(kRequestBytesMax + 1, 'x')).status, 413);
  EXPECT_EQ(
      world.send({.method = "GET", .target = "/a", .headers = {{"X-Long", std::string(kHeaderBytesMax, 'x')}}}).status,
      431);
  const auto options = world.send({.method = "OPTIONS", .target = "/a"});
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(header(options, "Access-Control-Allow-Methods"), "GET, POST, OPTIONS");
  EXPECT_TRUE(world.lines().empty());
  EXPECT_EQ(world.alert_codes(), (std::vector<int>{82001, 82001, 82001, 82001, 82001, 82001, 82001, 82008}));
}

TEST(Gateway, AProtectedPathNeedsTheAccountsSignature) {
  World world;
  world.function("/a", "exports.handler = (context, event, callback) => callback(null, 'ran');",
                 Visibility::kProtected);
  world.asset("/b.txt", "seen", Visibility::kProtected);
  world.deploy();
  const auto token = world.account()->auth_token;
  constexpr auto kForm = "application/x-www-form-urlencoded";
  EXPECT_EQ(world.post("/a", kForm, "Body=x").status, 403);
  const auto signature = webhook::sign(token, "https://svc-1234.twil.io/a", {{"Body", "x"}});
  const auto send = [&](std::string body, const std::string& sent) {
    return world.send({.method = "POST",
                       .target = "/a",
                       .headers = {{"Content-Type", kForm}, {"X-Twilio-Signature", sent}},
                       .body = std::move(body)});
  };
  EXPECT_EQ(send("Body=x", signature).status, 200);
  EXPECT_EQ(send("Body=y", signature).status, 403);
  EXPECT_EQ(send("Body=x", webhook::sign("other", "https://svc-1234.twil.io/a", {{"Body", "x"}})).status, 403);
  const std::string json = R"({"a": 1})";
  const auto hashed = webhook::with_body_hash("https://svc-1234.twil.io/a", json);
  EXPECT_EQ(world
                .send({.method = "POST",
                       .target = hashed.substr(hashed.find("/a")),
                       .headers = {{"Content-Type", "application/json"},
                                   {"X-Twilio-Signature", webhook::sign(token, hashed)}},
                       .body = json})
                .status,
            200);
  EXPECT_EQ(world.get("/b.txt").status, 403);
  EXPECT_EQ(world
                .send({.method = "GET",
                       .target = "/b.txt",
                       .headers = {{"X-Twilio-Signature", webhook::sign(token, "https://svc-1234.twil.io/b.txt")}}})
                .body,
            "seen");
}

TEST(Gateway, LogLinesBearTheirRequest) {
  World world;
  world.function("/a", R"(exports.handler = (context, event, callback) => {
    console.log('one', { a: 1 });
    console.warn('two');
    console.error(new Error('three').message);
    console.table([[1]]);
    process.stdout.write('four\n');
    callback(null, 'done');
    setTimeout(() => console.log('late', event.n), 20);
  };)");
  world.function("/b",
                 "exports.handler = (context, event, callback) => setTimeout(() => { console.log('b'); callback(null, "
                 "'b'); }, 60);");
  world.deploy();
  const auto first = header(world.get("/a?n=1"), "Twilio-Request-Id");
  const auto second = header(world.get("/b"), "Twilio-Request-Id");
  const auto lines = world.lines();
  std::map<std::string, std::string> of_a;
  for (const auto& line : lines) {
    EXPECT_EQ(line.request_sid, line.message == "b" ? second : first) << line.message;
    if (line.message.starts_with("late")) EXPECT_EQ(line.message, "late 1");
  }
  ASSERT_EQ(lines.size(), 7U);
  EXPECT_EQ(lines[0].message, "one { a: 1 }");
  EXPECT_EQ(lines[0].level, LogLine::Level::kInfo);
  EXPECT_EQ(lines[1].level, LogLine::Level::kWarn);
  EXPECT_EQ(lines[2].message, "three");
  EXPECT_EQ(lines[2].level, LogLine::Level::kError);
  EXPECT_EQ(lines[4].message, "four");
}

}  // namespace
}  // namespace dialtone::functions
