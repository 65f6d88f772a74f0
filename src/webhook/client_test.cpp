#include "webhook/client.hpp"

#include <gtest/gtest.h>
#include <zlib.h>
#include <boost/asio/co_spawn.hpp>

#include "webhook/signature.hpp"
#include "webhook/test_server.hpp"

namespace dialtone::webhook {
namespace {

using test::After;
using test::ok;
using test::Reply;
using test::Server;
using test::status;

class ClientTest : public ::testing::Test {
 protected:
  Exchange send(Call call) {
    std::optional<Exchange> out;
    std::exception_ptr thrown;
    asio::co_spawn(io_.get_executor(), client_.send(std::move(call)),
                   [&](const std::exception_ptr& error, Exchange done) {
                     thrown = error;
                     out = std::move(done);
                   });
    io_.restart();
    while (!out && io_.run_one() > 0) {
    }
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*out);
  }
  int code_of(Call call) {
    const auto out = send(std::move(call));
    return out.error ? out.error->code : 0;
  }
  Server serve(Server::Handler handler) { return Server(io_.get_executor(), std::move(handler)); }

  asio::io_context io_{1};
  Clock clock_{io_.get_executor()};
  Client client_{io_.get_executor(), clock_};
};

std::string_view path_of(std::string_view request) {
  const std::size_t begin = request.find(' ') + 1;
  return request.substr(begin, request.find(' ', begin) - begin);
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(compressBound(text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST_F(ClientTest, PostsASignedFormWithTwiliosHeaders) {
  auto server = serve([](const auto&) { return ok("<Response/>"); });
  const FormPairs params{{"Body", "Hi & bye"}, {"To", "+15005550006"}};
  const auto url = server.url("/sms?x=1");
  const auto out = send({.url = url + "#tt=9000",
                         .params = params,
                         .auth_token = "12345",
                         .idempotency_token = "8f6c4d1e",
                         .headers = {{"Cookie", "a=b"}, {"Bad\r\nHeader", "x"}, {"Worse", "a\r\nX: y"}}});
  ASSERT_TRUE(out.ok()) << out.error->message;
  EXPECT_EQ(
      server.requests().at(0),
      fmt::format("POST /sms?x=1 HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
                  "Accept-Encoding: gzip\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 33\r\n"
                  "X-Twilio-Signature: {}\r\nI-Twilio-Idempotency-Token: 8f6c4d1e\r\nCookie: a=b\r\n\r\n"
                  "Body=Hi+%26+bye&To=%2B15005550006",
                  server.port(), sign("12345", url, params)));
  const Hop& hop = *out.last();
  EXPECT_EQ(hop.status, 200);
  EXPECT_EQ(hop.url, url);
  EXPECT_EQ(hop.response_body, "<Response/>");
  EXPECT_EQ(header_of(hop.response_headers, "content-type"), "text/xml");
  EXPECT_FALSE(hop.truncated);
  EXPECT_GT(hop.timing.total, Duration(0));
}

TEST_F(ClientTest, GetsWithTheParametersInTheSignedQuery) {
  auto server = serve([](const auto&) { return ok(""); });
  const auto out =
      send({.method = "GET", .url = server.url("/a?x=1#rc=0"), .params = {{"To", "+1 2"}}, .auth_token = "t"});
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(path_of(server.requests().at(0)), "/a?x=1&To=%2B1+2");
  EXPECT_EQ(server.requests().at(0).find("Content-"), std::string::npos);
  EXPECT_EQ(header_of(out.last()->request_headers, "X-Twilio-Signature"), sign("t", server.url("/a?x=1&To=%2B1+2")));
}

TEST_F(ClientTest, PostsAnotherBodyWithItsHash) {
  auto server = serve([](const auto&) { return status(204); });
  const auto out = send({.url = server.url("/e"), .body = Body{"application/json", "{}"}, .auth_token = "t"});
  ASSERT_TRUE(out.ok());
  const Hop& hop = *out.last();
  EXPECT_TRUE(server.requests().at(0).ends_with("\r\n\r\n{}"));
  EXPECT_TRUE(verify_body(*header_of(hop.request_headers, "X-Twilio-Signature"), "t", hop.url, "{}"));
}

TEST_F(ClientTest, KeepsConnections) {
  auto server = serve([](const auto&) { return ok("x"); });
  for (int i = 0; i < 5; ++i) EXPECT_EQ(send({.url = server.url("/")}).last()->kept_connection, i > 0);
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(client_.idle_connections(), 1U);
}

TEST_F(ClientTest, DoesNotKeepWhatTheServerCloses) {
  auto server = serve([](const auto&) { return ok("x", "Connection: close\r\n"); });
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(send({.url = server.url("/")}).ok());
  EXPECT_EQ(server.connections(), 2U);
  EXPECT_EQ(client_.idle_connections(), 0U);
}

TEST_F(ClientTest, RepeatsOnAFreshConnectionWhenAKeptOneDies) {
  int count = 0;
  auto server = serve([&](const auto&) { return ++count == 2 ? Reply{"", After::kReset} : ok("x"); });
  EXPECT_TRUE(send({.url = server.url("/")}).ok());
  const auto out = send({.url = server.url("/")});
  ASSERT_TRUE(out.ok()) << out.error->message;
  EXPECT_EQ(out.hops.size(), 1U);
  EXPECT_FALSE(out.last()->kept_connection);
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(ClientTest, SeesThatAKeptConnectionWasClosed) {
  auto server = serve([](const auto&) { return ok("x"); });
  EXPECT_TRUE(send({.url = server.url("/")}).ok());
  server.close_connections();
  const auto out = send({.url = server.url("/")});
  EXPECT_TRUE(out.ok());
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(ClientTest, FollowsRedirects) {
  auto server = serve([](const std::string& request) {
    const auto path = path_of(request);
    if (path == "/301") return status(301, "Location: /end?a=b\r\n");
    if (path == "/307") return status(307, "Location: end\r\n");
    if (path == "/loop") return status(302, "Location: /loop\r\n");
    if (path == "/none") return status(302);
    if (path == "/bad") return status(302, "Location: ftp://x/\r\n");
    return ok("end");
  });
  auto out = send({.url = server.url("/301"), .params = {{"a", "1"}}, .auth_token = "t"});
  ASSERT_TRUE(out.ok());
  ASSERT_EQ(out.hops.size(), 2U);
  EXPECT_EQ(out.hops[1].method, "GET");
  EXPECT_EQ(out.hops[1].url, server.url("/end?a=b"));
  EXPECT_TRUE(verify(*header_of(out.hops[1].request_headers, "X-Twilio-Signature"), "t", out.hops[1].url));
  out = send({.url = server.url("/307"), .params = {{"a", "1"}}});
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out.hops[1].method, "POST");
  EXPECT_EQ(out.hops[1].request_body, "a=1");
  out = send({.url = server.url("/loop")});
  EXPECT_EQ(out.error->code, 11215);
  EXPECT_EQ(out.hops.size(), 11U);
  EXPECT_EQ(code_of({.url = server.url("/none")}), 11200);
  EXPECT_EQ(code_of({.url = server.url("/bad")}), 11100);
}

TEST_F(ClientTest, KeepsTheCallersHeadersFromAnotherHost) {
  auto other = serve([](const auto&) { return ok("x"); });
  auto server = serve([&](const auto&) { return status(307, "Location: " + other.url("/") + "\r\n"); });
  ASSERT_TRUE(send({.url = server.url("/"), .headers = {{"Cookie", "secret"}}}).ok());
  EXPECT_NE(server.requests().at(0).find("secret"), std::string::npos);
  EXPECT_EQ(other.requests().at(0).find("secret"), std::string::npos);
}

TEST_F(ClientTest, AnswersChallengesWithTheUserInfo) {
  std::string challenge = "WWW-Authenticate: Basic realm=\"x\"\r\n";
  auto server = serve([&](const std::string& request) {
    return request.find("Authorization: ") == std::string::npos ? status(401, challenge) : ok("in");
  });
  const auto url = fmt::format("http://me:p%40ss@127.0.0.1:{}/", server.port());
  auto out = send({.url = url, .auth_token = "t"});
  ASSERT_TRUE(out.ok());
  ASSERT_EQ(out.hops.size(), 2U);
  EXPECT_FALSE(header_of(out.hops[0].request_headers, "Authorization"));
  EXPECT_EQ(header_of(out.hops[1].request_headers, "Authorization"), "Basic bWU6cEBzcw==");
  EXPECT_TRUE(verify(*header_of(out.hops[1].request_headers, "X-Twilio-Signature"), "t", server.url("/")));

  challenge += "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\"\r\n";
  out = send({.url = url});
  ASSERT_TRUE(out.ok());
  EXPECT_TRUE(header_of(out.hops[1].request_headers, "Authorization")->starts_with("Digest username=\"me\""));

  EXPECT_EQ(code_of({.url = server.url("/")}), 11200);  // no user info, nothing to answer with
}

TEST_F(ClientTest, AWrongPasswordIsAskedForOnce) {
  auto server = serve([](const auto&) { return status(401, "WWW-Authenticate: Basic\r\n"); });
  const auto out = send({.url = fmt::format("http://a:b@127.0.0.1:{}/", server.port())});
  EXPECT_EQ(out.error->code, 11200);
  EXPECT_EQ(out.hops.size(), 2U);
}

TEST_F(ClientTest, DecodesBodies) {
  const std::string zipped = gzip("<Response>zip</Response>");
  const std::string bomb = gzip(std::string(10'000'000, 'a'));
  auto server = serve([&](const std::string& request) -> Reply {
    const auto path = path_of(request);
    if (path == "/gzip") return ok(zipped, "Content-Encoding: gzip\r\n");
    if (path == "/bomb") return ok(bomb, "Content-Encoding: gzip\r\n");
    if (path == "/broken") return ok("no gzip", "Content-Encoding: gzip\r\n");
    if (path == "/chunked")
      return {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"};
    if (path == "/empty") return {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"};
    if (path == "/eof") return {"HTTP/1.0 200 OK\r\n\r\nto the end", After::kClose};
    if (path == "/hints") return {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("after").bytes};
    return ok("");
  });
  EXPECT_EQ(send({.url = server.url("/gzip")}).last()->response_body, "<Response>zip</Response>");
  const auto bombed = send({.url = server.url("/bomb")});
  EXPECT_TRUE(bombed.ok());
  EXPECT_TRUE(bombed.last()->truncated);
  EXPECT_EQ(bombed.last()->response_body.size(), kResponseBytesMax);
  EXPECT_EQ(code_of({.url = server.url("/broken")}), 11206);
  EXPECT_EQ(send({.url = server.url("/chunked")}).last()->response_body, "abcde");
  EXPECT_EQ(code_of({.url = server.url("/empty")}), 11770);
  EXPECT_EQ(code_of({.url = server.url("/empty"), .purpose = Purpose::kNotification}), 0);
  EXPECT_EQ(send({.url = server.url("/eof")}).last()->response_body, "to the end");
  EXPECT_EQ(send({.url = server.url("/hints")}).last()->response_body, "after");
  EXPECT_EQ(server.connections(), 2U);  // only the one read to its end was not kept
}

TEST_F(ClientTest, CutsEndlessBodies) {
  auto server = serve([](const std::string& request) -> Reply {
    if (path_of(request) == "/long") return ok(std::string(1'000'000, 'x'));
    return {"HTTP/1.1 200 OK\r\n\r\n" + std::string(10'000, 'x'), After::kRepeat};
  });
  for (const auto* path : {"/long", "/endless"}) {
    const auto out = send({.url = server.url(path)});
    ASSERT_TRUE(out.ok()) << path;
    EXPECT_TRUE(out.last()->truncated);
    EXPECT_EQ(out.last()->response_body.size(), kResponseBytesMax);
    EXPECT_EQ(client_.idle_connections(), 0U);
  }
}

TEST_F(ClientTest, TellsWhatWentWrong) {
  auto server = serve([](const std::string& request) -> Reply {
    const auto path = path_of(request);
    if (path == "/404") return status(404);
    if (path == "/500") return status(500);
    if (path == "/reset") return {"", After::kReset};
    if (path == "/close") return {"", After::kClose};
    if (path == "/half") return {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", After::kClose};
    if (path == "/half-head") return {"HTTP/1.1 200 OK\r\nConte", After::kClose};
    if (path == "/noise") return {"SSH-2.0-OpenSSH_9.2p1\r\n\r\n"};
    if (path == "/bad-length") return {"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"};
    if (path == "/bad-chunk") return {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"};
    if (path == "/big-head") return {"HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"};
    if (path == "/interim") return {"HTTP/1.1 100 Continue\r\n\r\n", After::kRepeat};
    return {"", After::kHang};
  });
  for (const auto& [path, code] : std::initializer_list<std::pair<std::string_view, int>>{{"/404", 11200},
                                                                                          {"/500", 11200},
                                                                                          {"/reset", 11205},
                                                                                          {"/close", 11205},
                                                                                          {"/half", 11205},
                                                                                          {"/half-head", 11205},
                                                                                          {"/noise", 11206},
                                                                                          {"/bad-length", 11206},
                                                                                          {"/bad-chunk", 11206},
                                                                                          {"/big-head", 11206},
                                                                                          {"/interim", 11206},
                                                                                          {"/hang#tt=100", 11203},
                                                                                          {"/hang#rt=100", 11200}}) {
    const auto out = send({.url = server.url(path)});
    ASSERT_FALSE(out.ok()) << path;
    EXPECT_EQ(out.error->code, code) << path << ": " << out.error->message;
    EXPECT_EQ(out.error->status, 0);
    EXPECT_EQ(out.hops.size(), 1U) << path;  // none is tried again without a policy that says so
  }
  EXPECT_EQ(code_of({.url = "not a url"}), 11100);
  EXPECT_EQ(code_of({.url = "http://h/#rp=x"}), 11243);
  EXPECT_EQ(code_of({.method = "GET /", .url = server.url("/404")}), 11200);
}

TEST_F(ClientTest, TriesAgainWhenRefused) {
  asio::ip::tcp::acceptor nobody(io_, {asio::ip::address_v4::loopback(), 0});
  const auto url = fmt::format("http://127.0.0.1:{}/", nobody.local_endpoint().port());
  nobody.close();
  auto out = send({.url = url});
  EXPECT_EQ(out.error->code, 11202);
  EXPECT_EQ(out.hops.size(), 2U);
  EXPECT_EQ(send({.url = url + "#rc=3"}).hops.size(), 4U);
  EXPECT_EQ(send({.url = url + "#rp=5xx"}).hops.size(), 1U);
}

TEST_F(ClientTest, TriesAgainAsThePolicySays) {
  int count = 0;
  auto server = serve([&](const auto&) { return ++count % 3 == 0 ? ok("x") : status(503); });
  EXPECT_EQ(send({.url = server.url("/#rp=5xx&rc=2")}).hops.size(), 3U);
  EXPECT_EQ(code_of({.url = server.url("/#rp=4xx&rc=2")}), 11200);
  EXPECT_EQ(count, 4);
}

TEST_F(ClientTest, ConnectsWithinItsTimeout) {
  // A listener whose queue is full lets further connections wait for ever.
  asio::ip::tcp::acceptor full(io_, {asio::ip::address_v4::loopback(), 0});
  full.listen(0);
  std::vector<asio::ip::tcp::socket> queue;
  for (int i = 0; i < 3; ++i) {
    queue.emplace_back(io_);
    queue.back().async_connect(full.local_endpoint(), [](const auto&) {});
  }
  const auto url = fmt::format("http://127.0.0.1:{}/", full.local_endpoint().port());
  const auto out = send({.url = url + "#ct=100"});
  EXPECT_EQ(out.error->code, 11201) << out.error->message;
  EXPECT_EQ(out.hops.size(), 2U);
  EXPECT_EQ(code_of({.url = url + "#tt=100"}), 11203);
}

TEST_F(ClientTest, FindsHosts) {
  auto server = serve([](const auto&) { return ok("x"); });
  EXPECT_EQ(code_of({.url = fmt::format("http://localhost:{}/", server.port())}), 0);
  EXPECT_EQ(code_of({.url = fmt::format("http://app.localhost:{}/", server.port())}), 0);
  EXPECT_EQ(code_of({.url = "http://" + std::string(64, 'a') + ".example/"}), 11210);

  ClientOptions options;
  options.resolve_override = [&](std::string_view host, std::uint16_t) -> std::optional<asio::ip::tcp::endpoint> {
    if (host != "hooks.example.test") return {};
    return asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(server.port()));
  };
  Client overriding(io_.get_executor(), clock_, options);
  std::optional<Exchange> out;
  asio::co_spawn(io_.get_executor(), overriding.send({.url = "http://Hooks.example.test/"}),
                 [&](const std::exception_ptr&, Exchange done) { out = std::move(done); });
  while (!out && io_.run_one() > 0) {
  }
  EXPECT_TRUE(out->ok());
  EXPECT_NE(server.requests().back().find("Host: Hooks.example.test\r\n"), std::string::npos);
}

TEST_F(ClientTest, ManyAtOnceAreKeptWithinTheLimit) {
  auto server = serve([](const auto&) { return ok("x"); });
  constexpr int kMany = static_cast<int>(kIdlePerHostMax) + 12;
  int done = 0;
  for (int i = 0; i < kMany; ++i) {
    asio::co_spawn(io_.get_executor(), client_.send({.url = server.url("/")}),
                   [&](const std::exception_ptr&, const Exchange& out) { done += out.ok(); });
  }
  while (done < kMany && io_.run_one() > 0) {
  }
  EXPECT_EQ(done, kMany);
  EXPECT_EQ(client_.idle_connections(), kIdlePerHostMax);
}

}  // namespace
}  // namespace dialtone::webhook
