#include "functions/event.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace dialtone::functions {
namespace {

struct Sent {
  std::string target = "/a";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

net::Request request_of(const Sent& sent) {
  net::Request request;
  request.method = sent.body.empty() ? "GET" : "POST";
  request.target = sent.target;
  for (const auto& [name, value] : sent.headers) request.headers.add(name, value);
  request.body = sent.body;
  return request;
}

/// The event as JSON text; what stands last counts, as in JavaScript.
json::object event_of(const Sent& sent) {
  const auto request = request_of(sent);
  const auto parts = read_event(request);
  if (!parts) return {{"error", parts.error().message}, {"status", parts.error().status}};
  std::string out;
  append_event(out, request, *parts);
  return json::parse(out).as_object();
}

constexpr auto kForm = "application/x-www-form-urlencoded";

TEST(Event, HasQueryAndFormAndRepeatedKeysAsArrays) {
  auto event =
      event_of({.target = "/a?x=1&y=a+b&x=2&z", .headers = {{"Content-Type", kForm}}, .body = "q=%C3%A9&q=2&r=3"});
  event.stable_erase("request");
  EXPECT_EQ(json::serialize(event), R"({"x":["1","2"],"y":"a b","z":"","q":["é","2"],"r":"3"})");
}

TEST(Event, TheBodyWinsOverTheQuery) {
  EXPECT_EQ(event_of({.target = "/a?x=1",
                      .headers = {{"Content-Type", "application/json; charset=utf-8"}},
                      .body = R"( {"x": {"deep": [1, true, null]}} )"})["x"],
            json::parse(R"({"deep": [1, true, null]})"));
  EXPECT_EQ(event_of({.target = "/a?x=1", .headers = {{"Content-Type", kForm}}, .body = "x=2"})["x"], "2");
  EXPECT_EQ(event_of({.target = "/a?request=mine"})["request"], "mine");
}

TEST(Event, AnArraysElementsHaveTheirIndexesAsNames) {
  auto event = event_of({.headers = {{"content-type", "APPLICATION/JSON"}}, .body = R"(["a", {"b": 1}])"});
  event.stable_erase("request");
  EXPECT_EQ(json::serialize(event), R"({"0":"a","1":{"b":1}})");
}

TEST(Event, RefusesBodiesThatAreNotWhatTheySay) {
  for (const auto* body : {"{", "{} {}", R"({"a":1,})", "1", R"("text")", "{\"a\": \x01}", R"({"a":"\ud800"})"}) {
    const auto event = event_of({.headers = {{"Content-Type", "application/json"}}, .body = body});
    EXPECT_EQ(event.if_contains("status") ? event.at("status") : json::value(), 400) << body;
  }
}

TEST(Event, DoesNotReadOtherBodies) {
  auto event = event_of({.headers = {{"Content-Type", "text/plain"}}, .body = "{"});
  event.stable_erase("request");
  EXPECT_TRUE(event.empty());
}

TEST(Event, ShowsHeadersInLowerCaseWithoutThoseOfTheWay) {
  const auto event = event_of({.headers = {{"User-Agent", "x"},
                                           {"X-Twilio-Signature", "s"},
                                           {"X-Forwarded-For", "1.2.3.4"},
                                           {"X-Amz-Date", "d"},
                                           {"I-Twilio-A", "a"},
                                           {"Via", "v"},
                                           {"Connection", "close"},
                                           {"Accept", "a"},
                                           {"accept", "b"}}});
  EXPECT_EQ(json::serialize(event.at("request").at("headers")),
            R"({"user-agent":"x","x-twilio-signature":"s","accept":["a","b"]})");
}

TEST(Event, ShowsCookiesTheFirstOfAName) {
  const auto event = event_of({.headers = {{"Cookie", R"(a=1; B="two"; a=3; c=x%20y; nonsense; d=1=2)"}}});
  EXPECT_EQ(json::serialize(event.at("request").at("cookies")), R"({"a":"1","B":"two","c":"x y","d":"1=2"})");
  EXPECT_EQ(json::serialize(event_of({}).at("request").at("cookies")), "{}");
}

}  // namespace
}  // namespace dialtone::functions
