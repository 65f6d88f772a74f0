#include "net/server.hpp"

#include "net/stream.hpp"
#include "net/test_support.hpp"

namespace dialtone::net {
namespace {

using namespace std::chrono_literals;
using testing::Client;
using testing::echo;
using testing::TestServer;

/// Limits short enough for a test.
ServerOptions hasty() {
  ServerOptions options;
  options.idle_limit = options.header_limit = options.body_limit = options.write_limit = 60ms;
  options.tick = 10ms;
  return options;
}

TEST(Server, AnswersAndKeepsTheConnection) {
  TestServer server;
  Client client(server.port());
  for (int i = 0; i < 3; ++i) {
    const auto answer =
        client.send("POST /a?b=c HTTP/1.1\r\nHost: API.localhost:99\r\nContent-Length: 3\r\n\r\nx=y").read_answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "POST api.localhost:99 /a?b=c [x=y]");
    EXPECT_TRUE(answer.has("Content-Type: text/plain; charset=utf-8"));
    EXPECT_TRUE(answer.head.contains("\r\nDate: "));
    EXPECT_FALSE(answer.head.contains("\r\nConnection:"));
  }
  EXPECT_EQ(server.stats().accepted, 1U);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  Client client(server.port());
  std::string all;
  for (int i = 0; i < 500; ++i) all += fmt::format("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", i);
  client.send(all);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(client.read_answer().body, fmt::format("GET h:80 /{} []", i));
}

TEST(Server, SendsAnAnswerWhileTheNextHandlerWaits) {
  std::promise<void> first_seen;
  auto seen = first_seen.get_future().share();
  TestServer server([&](Request& request) -> Task<Response> {
    if (request.target == "/slow") {
      // Only once the client has the answer to the request before does this one go on.
      Timer timer(co_await asio::this_coro::executor);
      while (seen.wait_for(0s) != std::future_status::ready) {
        timer.expires_after(1ms);
        co_await timer.async_wait(use_task);
      }
    }
    co_return Response::text(200, request.target);
  });
  Client client(server.port());
  client.send("GET /fast HTTP/1.1\r\nHost: h\r\n\r\nGET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "/fast");
  first_seen.set_value();
  EXPECT_EQ(client.read_answer().body, "/slow");
}

TEST(Server, ReadsARequestThatComesByteByByte) {
  TestServer server;
  Client client(server.port());
  for (const char c : std::string_view("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok"))
    client.send({&c, 1});
  EXPECT_EQ(client.read_answer().body, "POST h:80 / [ok]");
}

TEST(Server, ReadsChunkedBodies) {
  TestServer server;
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  client.send("4;name=value\r\ndefg\r\n0\r\nTrailer: x\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "POST h:80 / [abcdefg]");
  EXPECT_EQ(client.read_answer().body, "GET h:80 /next []");
}

TEST(Server, AnswersHeadWithoutABody) {
  TestServer server;
  Client client(server.port());
  const auto answer = client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").read_answer(Client::Body::kAbsent);
  EXPECT_TRUE(answer.has("Content-Length: 14"));
  EXPECT_EQ(client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").read_answer().body, "OPTIONS h:80 * []");
}

TEST(Server, InvitesABodyThatWaitsForIt) {
  TestServer server;
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.send("ok").read_answer().body, "POST h:80 / [ok]");
}

TEST(Server, ClosesWhenAskedTo) {
  TestServer server;
  Client client(server.port());
  const auto answer = client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").read_answer();
  EXPECT_TRUE(answer.has("Connection: close"));
  EXPECT_TRUE(client.closed());
  Client old(server.port());
  EXPECT_EQ(old.send("GET / HTTP/1.0\r\n\r\n").read_answer().body, "GET :80 / []");
  EXPECT_TRUE(old.closed());
  Client kept(server.port());
  EXPECT_TRUE(
      kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").read_answer().has("Connection: keep-alive"));
}

TEST(Server, AnswersAClientThatEndsItsSide) {
  TestServer server;
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").end();
  EXPECT_EQ(client.read_answer().body, "GET h:80 / []");
  EXPECT_TRUE(client.closed());
}

TEST(Server, RefusesWhatIsNoRequest) {
  ServerOptions options;
  options.header_bytes_max = 1024;
  options.header_count_max = 10;
  options.body_bytes_max = 100;
  TestServer server(echo, options);
  std::string many;
  for (int i = 0; i < 11; ++i) many += fmt::format("A{}: b\r\n", i);
  const std::pair<std::string, int> cases[] = {
      {"\r\n\r\n", 400},
      {"GET\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", 400},
      {"GET path HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"CONNECT /a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 2\r\n\r\nok", 417},
      {"GET / HTTP/1.1\r\nHost: a\r\n" + many + "\r\n", 431},
      {"GET /" + std::string(2000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 431},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2000, 'a') + "\r\n\r\n", 431},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(100000, 'a'), 431},
      {std::string(100000, 'a'), 431},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n" + std::string(101, 'a'), 413},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'a'), 413},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(100000, 'a'), 431},
  };
  for (const auto& [bytes, status] : cases) {
    Client client(server.port());
    client.send(bytes).end();
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.status, status) << bytes.substr(0, 100);
    EXPECT_TRUE(answer.has("Connection: close"));
    EXPECT_TRUE(answer.body.starts_with("{\"code\": ")) << answer.body;
    EXPECT_TRUE(client.closed());
  }
}

TEST(Server, AnswersATooLargeBodyAlthoughItStillComes) {
  ServerOptions options;
  options.body_bytes_max = 100;
  TestServer server(echo, options);
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + std::string(500000, 'a'));
  EXPECT_EQ(client.read_answer().status, 413);
}

TEST(Server, TakesABodyOfTheLargestSize) {
  ServerOptions options;
  options.body_bytes_max = 5'000'000;
  TestServer server([](Request& request) -> Task<Response> { co_return Response::text(200, std::move(request.body)); },
                    options);
  Client client(server.port());
  std::string body(options.body_bytes_max, 'a');
  for (std::size_t i = 0; i < body.size(); i += 1000) body[i] = static_cast<char>('a' + i / 1000 % 26);
  for (int i = 0; i < 2; ++i) {
    std::thread sender([&] {
      client.send(fmt::format("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.size())).send(body);
    });
    sender.join();
    EXPECT_EQ(client.read_answer().body == body, true);
  }
}

TEST(Server, CutsSlowAndIdleClients) {
  TestServer server(echo, hasty());
  Client silent(server.port());
  Client slow_header(server.port());
  slow_header.send("GET / HTT");
  Client slow_body(server.port());
  slow_body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc");
  Client idle(server.port());
  EXPECT_EQ(idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read_answer().status, 200);
  Client half_hello(server.port());
  half_hello.send("\x16\x03\x01");
  for (auto* client : {&silent, &slow_header, &slow_body, &idle, &half_hello}) EXPECT_TRUE(client->closed());
}

TEST(Server, CutsAClientThatDoesNotRead) {
  TestServer server([](Request&) -> Task<Response> { co_return Response::text(200, std::string(30'000'000, 'x')); },
                    hasty());
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  while (server.stats().accepted == 0 || server.stats().connections > 0) std::this_thread::yield();
  EXPECT_LT(client.read_all().size(), 30'000'000U);
}

TEST(Server, RefusesConnectionsOverItsLimit) {
  ServerOptions options;
  options.connections_max = 1;
  TestServer server(echo, options);
  Client first(server.port());
  EXPECT_EQ(first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read_answer().status, 200);
  Client second(server.port());
  EXPECT_EQ(second.read_answer().status, 503);
  EXPECT_EQ(server.stats().refused, 1U);
}

TEST(Server, TurnsAnExceptionIntoA500) {
  TestServer server([](Request& request) -> Task<Response> {
    if (request.target == "/bad") throw std::runtime_error("private detail");
    return echo(request);
  });
  Client client(server.port());
  const auto answer = client.send("GET /bad HTTP/1.1\r\nHost: h\r\n\r\n").read_answer();
  EXPECT_EQ(answer.status, 500);
  EXPECT_FALSE(answer.body.contains("private"));
  EXPECT_EQ(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read_answer().status, 200);
}

TEST(Server, LeavesOutFieldsThatWouldSplitTheAnswer) {
  TestServer server([](Request&) -> Task<Response> {
    Response response = Response::text(204, "no body with this status");
    response.header("X-Bad", "a\r\nSet-Cookie: b").header("Connection", "upgrade").header("X-Good", "yes");
    co_return response;
  });
  Client client(server.port());
  for (int i = 0; i < 2; ++i) {
    const auto answer = client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read_answer();
    EXPECT_EQ(answer.status, 204);
    EXPECT_FALSE(answer.head.contains("Set-Cookie"));
    EXPECT_FALSE(answer.head.contains("upgrade"));
    EXPECT_FALSE(answer.head.contains("Content-Length"));
    EXPECT_TRUE(answer.has("X-Good: yes"));
  }
}

TEST(Server, StreamsInChunksAndGoesOn) {
  TestServer server([](Request&) -> Task<Response> {
    Response response{.status = 200, .headers = {{"Content-Type", "text/event-stream"}}, .body = {}};
    response.stream = [](Writer& writer) -> Task<> {
      EXPECT_TRUE(co_await writer.write("data: 1\n\n"));
      EXPECT_TRUE(co_await writer.write("data: 2\n\n"));
    };
    co_return response;
  });
  Client client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(client.read_answer().has("Transfer-Encoding: chunked"));
    EXPECT_EQ(client.read_until("0\r\n\r\n"), "9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n");
  }
  Client old(server.port());
  old.send("GET / HTTP/1.0\r\n\r\n").read_answer();
  EXPECT_EQ(old.read_all(), "data: 1\n\ndata: 2\n\n");
}

/// A stream that says one thing and then waits until it is told that nobody listens.
Task<Response> endless(Request& request) {
  if (request.target != "/stream") return echo(request);
  return [](Request&) -> Task<Response> {
    Response response;
    response.stream = [](Writer& writer) -> Task<> {
      auto gone = std::make_shared<Event>(co_await asio::this_coro::executor);
      writer.on_gone([gone] { gone->set(); });
      co_await writer.write("hello");
      co_await gone->wait(10s);
      EXPECT_TRUE(writer.gone());
      EXPECT_FALSE(co_await writer.write("more"));
    };
    co_return response;
  }(request);
}

TEST(Server, TellsAStreamThatItsPeerHasGone) {
  TestServer server(endless, hasty());
  {
    Client client(server.port());
    client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").read_until("hello");
  }
  while (server.stats().connections > 0) std::this_thread::yield();
}

TEST(Server, DrainsInGoodOrder) {
  std::promise<void> reached;
  std::promise<void> go_on;
  auto may_go_on = go_on.get_future().share();
  TestServer server([&](Request& request) -> Task<Response> {
    if (request.target != "/slow") co_return co_await endless(request);
    reached.set_value();
    Timer timer(co_await asio::this_coro::executor);
    while (may_go_on.wait_for(0s) != std::future_status::ready) {
      timer.expires_after(1ms);
      co_await timer.async_wait(use_task);
    }
    co_return Response::text(200, "finished");
  });
  Client idle(server.port());
  EXPECT_EQ(idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read_answer().status, 200);
  Client silent(server.port());
  Client stream(server.port());
  stream.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").read_until("hello");
  Client busy(server.port());
  busy.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  reached.get_future().wait();
  auto drained = server.drain(10s);
  EXPECT_TRUE(idle.closed());
  EXPECT_TRUE(stream.read_all().ends_with("0\r\n\r\n"));
  EXPECT_EQ(drained.wait_for(0s), std::future_status::timeout);
  go_on.set_value();
  const auto answer = busy.read_answer();
  EXPECT_EQ(answer.body, "finished");
  EXPECT_TRUE(answer.has("Connection: close"));
  EXPECT_EQ(drained.wait_for(10s), std::future_status::ready);
}

TEST(Server, CutsWhatOutlivesTheGrace) {
  std::promise<void> reached;
  TestServer server([&](Request&) -> Task<Response> {
    reached.set_value();
    Timer timer(co_await asio::this_coro::executor, 300ms);
    co_await timer.async_wait(use_task);
    co_return Response{};
  });
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  reached.get_future().wait();
  EXPECT_EQ(server.drain(10ms).wait_for(10s), std::future_status::ready);
  EXPECT_TRUE(client.closed());
}

TEST(Server, HandsAConnectionOver) {
  TestServer server([](Request&) -> Task<Response> {
    Response response{.status = 101, .headers = {{"Upgrade", "echo"}}, .body = {}};
    response.takeover = [](Stream& stream, std::string early) -> Task<> {
      std::array<char, 64> piece{};
      while (true) {
        if (!early.empty()) co_await stream.async_write_some(asio::buffer(early), use_task);
        const auto n = co_await stream.async_read_some(asio::buffer(piece), use_task);
        early.assign(piece.data(), n);
      }
    };
    co_return response;
  });
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly");
  EXPECT_TRUE(client.read_answer(Client::Body::kAbsent).has("Connection: Upgrade"));
  EXPECT_EQ(client.read_bytes(5), "early");
  EXPECT_EQ(client.send("late").read_bytes(4), "late");
}

TEST(Server, SaysWhyItCannotListen) {
  TestServer server;
  asio::io_context io;
  testing::FunctionHandler handler(echo);
  ServerOptions options;
  options.port = server.port();
  Server second(io.get_executor(), options, handler);
  const auto port = second.listen();
  ASSERT_FALSE(port);
  EXPECT_TRUE(port.error().message.contains("Address already in use")) << port.error().message;
}

}  // namespace
}  // namespace dialtone::net
