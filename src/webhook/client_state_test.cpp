// What the client remembers from one request to the next: cookies, answers to GET, whose turn it is.
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

#include "webhook/client.hpp"
#include "webhook/test_server.hpp"

namespace dialtone::webhook {
namespace {

using test::ok;
using test::Server;
using test::status;

class ClientStateTest : public ::testing::Test {
 protected:
  Exchange send(Call call, Client& client) {
    std::optional<Exchange> out;
    asio::co_spawn(io_.get_executor(), client.send(std::move(call)),
                   [&](const std::exception_ptr&, Exchange done) { out = std::move(done); });
    io_.restart();
    while (!out && io_.run_one() > 0) {
    }
    return std::move(*out);
  }
  Exchange send(Call call) { return send(std::move(call), client_); }

  asio::io_context io_{1};
  Clock clock_{io_.get_executor()};
  Client client_{io_.get_executor(), clock_};
};

TEST_F(ClientStateTest, CookiesComeBackInTheirConversationAlsoAcrossRedirects) {
  Server server(io_.get_executor(), [](const std::string& request) {
    if (request.starts_with("POST /start")) return status(302, "Location: /next\r\nSet-Cookie: step=1; Path=/\r\n");
    return ok("<Response/>", "Set-Cookie: seen=yes\r\n");
  });
  send({.url = server.url("/start"), .conversation = "a"});
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(server.requests()[0].find("Cookie:"), std::string::npos);
  EXPECT_NE(server.requests()[1].find("\r\nCookie: step=1\r\n"), std::string::npos);
  send({.url = server.url("/next"), .conversation = "a"});
  EXPECT_NE(server.requests()[2].find("\r\nCookie: step=1; seen=yes\r\n"), std::string::npos);
  send({.url = server.url("/next"), .conversation = "b"});
  send({.url = server.url("/next")});
  EXPECT_EQ(server.requests()[3].find("Cookie:"), std::string::npos);
  EXPECT_EQ(server.requests()[4].find("Cookie:"), std::string::npos);
}

TEST_F(ClientStateTest, AnAnswerToGetIsUsedAgainWhenTheServerSaysItIsTheSame) {
  std::string etag = "\"1\"";
  Server server(io_.get_executor(), [&](const std::string& request) {
    if (request.find("If-None-Match: " + etag + "\r\n") != std::string::npos)
      return test::Reply{"HTTP/1.1 304 Not Modified\r\n\r\n"};
    return ok("<Response>" + etag + "</Response>", "ETag: " + etag + "\r\nLast-Modified: yesterday\r\n");
  });
  const Call get{.method = "GET", .url = server.url("/doc")};
  EXPECT_FALSE(send(get).last()->from_cache);
  const auto again = send(get);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again.last()->from_cache);
  EXPECT_EQ(again.last()->status, 200);
  EXPECT_EQ(again.last()->response_body, "<Response>\"1\"</Response>");
  EXPECT_EQ(header_of(again.last()->response_headers, "content-type"), "text/xml");
  EXPECT_NE(server.requests()[1].find("\r\nIf-Modified-Since: yesterday\r\n"), std::string::npos);
  etag = "\"2\"";
  EXPECT_EQ(send(get).last()->response_body, "<Response>\"2\"</Response>");
  send({.url = server.url("/doc")});  // a POST asks for nothing
  EXPECT_EQ(server.requests()[3].find("If-None-Match"), std::string::npos);
}

TEST_F(ClientStateTest, WhatMayNotBeStoredIsAskedForAnew) {
  Server server(io_.get_executor(), [](const auto&) { return ok("x", "ETag: \"1\"\r\nCache-Control: no-store\r\n"); });
  for (int i = 0; i < 2; ++i) send({.method = "GET", .url = server.url("/")});
  EXPECT_EQ(server.requests()[1].find("If-None-Match"), std::string::npos);
}

TEST_F(ClientStateTest, A304ThatWasNotAskedForIsAnError) {
  Server server(io_.get_executor(), [](const auto&) { return test::Reply{"HTTP/1.1 304 Not Modified\r\n\r\n"}; });
  const auto out = send({.method = "GET", .url = server.url("/")});
  ASSERT_TRUE(out.error);
  EXPECT_EQ(out.error->code, 11200);
}

TEST_F(ClientStateTest, AHostGetsOnlySoManyRequestsAtOnceAndInOrder) {
  Client client(io_.get_executor(), clock_, {.running_per_host_max = 3});
  Server server(io_.get_executor(), [](const auto&) { return ok("x"); });
  int done = 0;
  for (int i = 0; i < 12; ++i) {
    asio::co_spawn(io_.get_executor(), client.send({.url = server.url(fmt::format("/{}", i))}),
                   [&](const std::exception_ptr&, const Exchange& out) { done += out.ok(); });
  }
  while (done < 12 && io_.run_one() > 0) {
  }
  EXPECT_EQ(done, 12);
  EXPECT_LE(server.connections(), 3U);
  EXPECT_TRUE(server.requests().back().starts_with("POST /11 ") || server.requests().back().starts_with("POST /10 ") ||
              server.requests().back().starts_with("POST /9 "));
}

}  // namespace
}  // namespace dialtone::webhook
