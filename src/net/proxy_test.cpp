#include "net/proxy.hpp"

#include <filesystem>
#include <fstream>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "net/test_support.hpp"

namespace dialtone::net {
namespace {

using namespace std::chrono_literals;
using testing::Answer;
using testing::Client;
using testing::echo;
using testing::TestServer;

/// A listening socket at a free port, whose connections the test serves by hand.
class Upstream {
 public:
  Upstream() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Upstream() { ::close(socket_); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  Client accept() { return Client::of(::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC)); }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

/// OpenSSL over a client's socket, which trusts only the given CA.
class TlsClient {
 public:
  TlsClient(const Client& client, const std::string& ca_pem, const std::string& name, const std::string& sni)
      : context_(SSL_CTX_new(TLS_client_method())) {
    BIO* bio = BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size()));
    X509* ca = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), ca);
    X509_free(ca);
    BIO_free(bio);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    ssl_ = SSL_new(context_);
    if (!sni.empty()) SSL_set_tlsext_host_name(ssl_, sni.c_str());
    SSL_set1_host(ssl_, name.c_str());
    SSL_set_fd(ssl_, client.native());
    connected_ = SSL_connect(ssl_) == 1;
    ERR_clear_error();
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] long verdict() const { return SSL_get_verify_result(ssl_); }

  /// Sends, and reads until the text ends with `mark`.
  std::string ask(std::string_view bytes, std::string_view mark) {
    SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
    std::string text;
    std::array<char, 4096> piece;
    while (!text.ends_with(mark)) {
      const int n = SSL_read(ssl_, piece.data(), piece.size());
      if (n <= 0) break;
      text.append(piece.data(), static_cast<std::size_t>(n));
    }
    return text;
  }

 private:
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
};

constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: api.twilio.com\r\n\r\n";

TEST(Tls, IsKnownByTheFirstByteAndChoosesTheCertificateByName) {
  TestServer server;
  for (const std::string name : {"api.twilio.com", "studio.twilio.com", "name-1234.twil.io"}) {
    Client client(server.port());
    TlsClient tls(client, server.authority().certificate_pem(), name, name);
    ASSERT_TRUE(tls.connected());
    EXPECT_EQ(tls.verdict(), X509_V_OK);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(tls.ask(kGet, "tls").ends_with("GET api.twilio.com:443 /x [] tls"));
  }
  Client nameless(server.port());
  EXPECT_TRUE(TlsClient(nameless, server.authority().certificate_pem(), "localhost", "").connected());
  Client wrong(server.port());
  EXPECT_FALSE(TlsClient(wrong, server.authority().certificate_pem(), "a.example", "b.example").connected());
  Client odd(server.port());
  EXPECT_FALSE(TlsClient(odd, server.authority().certificate_pem(), "a", "a,IP:1.2.3.4").connected());
  Client plain(server.port());
  EXPECT_EQ(plain.send(kGet).read_answer().body, "GET api.twilio.com:80 /x []");
}

TEST(Tls, CarriesLargeBodiesAndPipelines) {
  TestServer server([](Request& request) -> Task<Response> {
    co_return Response::text(200, std::string(200'000, 'x') + request.target + "END");
  });
  Client client(server.port());
  TlsClient tls(client, server.authority().certificate_pem(), "a.test", "a.test");
  const auto text = tls.ask(std::string(kGet) + "GET /y HTTP/1.1\r\nHost: a\r\n\r\n", "/yEND");
  EXPECT_GT(text.size(), 400'000U);
  EXPECT_TRUE(text.contains("/xEND"));
}

TEST(Proxy, ServesHostsThatAreOurs) {
  TestServer server;
  Client client(server.port());
  client.send("CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\n");
  EXPECT_EQ(client.read_answer(Client::Body::kAbsent).status, 200);
  TlsClient tls(client, server.authority().certificate_pem(), "api.twilio.com", "api.twilio.com");
  ASSERT_TRUE(tls.connected());
  EXPECT_TRUE(tls.ask("GET /x HTTP/1.1\r\nHost: liar.example\r\n\r\n", "proxied")
                  .ends_with("GET api.twilio.com:443 /x [] tls proxied"));
  // Without SNI the name comes from CONNECT.
  Client nameless(server.port());
  nameless.send("CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\n");
  nameless.read_answer(Client::Body::kAbsent);
  EXPECT_TRUE(TlsClient(nameless, server.authority().certificate_pem(), "api.twilio.com", "").connected());
}

TEST(Proxy, ServesPlainHttpInsideOfConnect) {
  TestServer server;
  Client client(server.port());
  client.send("CONNECT api.twilio.com:80 HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(kGet));
  EXPECT_EQ(client.read_answer(Client::Body::kAbsent).status, 200);
  EXPECT_EQ(client.read_answer().body, "GET api.twilio.com:80 /x [] proxied");
  EXPECT_EQ(client.send("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n").read_answer().status, 400);
}

TEST(Proxy, ServesAbsoluteTargetsThatAreOurs) {
  TestServer server;
  Client client(server.port());
  EXPECT_EQ(client.send("GET http://Api.Twilio.com/x?y HTTP/1.1\r\nHost: other\r\n\r\n").read_answer().body,
            "GET api.twilio.com:80 /x?y [] proxied");
  EXPECT_EQ(client.send("GET https://api.twilio.com?y HTTP/1.1\r\nHost: other\r\n\r\n").read_answer().body,
            "GET api.twilio.com:443 /?y [] proxied");
  const auto own = fmt::format("GET http://localhost:{}/self HTTP/1.1\r\nHost: x\r\n\r\n", server.port());
  EXPECT_EQ(client.send(own).read_answer().body, fmt::format("GET localhost:{} /self [] proxied", server.port()));
  client.send(fmt::format("CONNECT 127.0.0.1:{} HTTP/1.1\r\nHost: x\r\n\r\n", server.port()));
  EXPECT_EQ(client.read_answer(Client::Body::kAbsent).status, 200);
  EXPECT_EQ(client.send(kGet).read_answer().status, 200);
}

TEST(Proxy, TunnelsEveryByteBothWays) {
  TestServer server;
  Upstream upstream;
  std::string bytes(3'000'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2654435761U >> 13);
  Client client(server.port());
  client.send(fmt::format("CONNECT 127.0.0.1:{} HTTP/1.1\r\nHost: x\r\n\r\nearly", upstream.port()));
  EXPECT_EQ(client.read_answer(Client::Body::kAbsent).status, 200);
  Client other = upstream.accept();
  EXPECT_EQ(other.read_bytes(5), "early");
  auto up = std::async(std::launch::async, [&] {
    client.send(bytes);
    client.end();
  });
  auto received = std::async(std::launch::async, [&] { return other.read_all(); });
  up.wait();
  EXPECT_TRUE(received.get() == bytes);
  // The client has ended its side; the other one still speaks.
  auto down = std::async(std::launch::async, [&] {
    other.send(bytes);
    other.end();
  });
  EXPECT_TRUE(client.read_all() == bytes);
  down.wait();
  EXPECT_EQ(server.stats().tunnels, 1U);
}

TEST(Proxy, EndsATunnelWhenOneSideBreaks) {
  TestServer server;
  Upstream upstream;
  Client client(server.port());
  client.send(fmt::format("CONNECT 127.0.0.1:{} HTTP/1.1\r\nHost: x\r\n\r\n", upstream.port()));
  client.read_answer(Client::Body::kAbsent);
  {
    Client other = upstream.accept();
    const linger hard{.l_onoff = 1, .l_linger = 0};
    setsockopt(other.native(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  }
  EXPECT_TRUE(client.closed());
}

TEST(Proxy, SaysWhyAHostCannotBeReached) {
  TestServer server;
  std::uint16_t nobody = 0;
  {
    Upstream gone;
    nobody = gone.port();
  }
  Client client(server.port());
  const auto answer =
      client.send(fmt::format("CONNECT 127.0.0.1:{} HTTP/1.1\r\nHost: x\r\n\r\n", nobody)).read_answer();
  EXPECT_EQ(answer.status, 502);
  EXPECT_TRUE(answer.body.contains("Connection refused")) << answer.body;
}

TEST(Proxy, IsNoProxyWhenSwitchedOff) {
  ProxyOptions proxy;
  proxy.tunnelling = Tunnelling::kOff;
  TestServer server(echo, {}, proxy);
  Upstream upstream;
  for (const auto* form : {"CONNECT 127.0.0.1:{0} HTTP/1.1\r\n", "GET http://127.0.0.1:{0}/ HTTP/1.1\r\n"}) {
    Client client(server.port());
    client.send(fmt::format(fmt::runtime(form), upstream.port()) + "Host: x\r\n\r\n");
    EXPECT_EQ(client.read_answer().status, 403);
  }
  Client client(server.port());
  EXPECT_EQ(client.send("GET http://api.twilio.com/ HTTP/1.1\r\nHost: x\r\n\r\n").read_answer().status, 200);
}

TEST(Proxy, ForwardsAbsoluteTargetsOfOtherHosts) {
  TestServer server;
  Upstream upstream;
  Client client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send(
        fmt::format("POST http://127.0.0.1:{}/a?b HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, X-Hop\r\n"
                    "X-Hop: 1\r\nX-End: 2\r\nProxy-Authorization: secret\r\nContent-Length: 4\r\n\r\nbody",
                    upstream.port()));
    Client other = upstream.accept();
    EXPECT_EQ(other.read_until("body"),
              fmt::format("POST /a?b HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nX-End: 2\r\n"
                          "Content-Length: 4\r\n\r\nbody",
                          upstream.port()));
    other.send("HTTP/1.1 418 Odd\r\nContent-Length: 3\r\nX-Own: 1\r\nConnection: close\r\nKeep-Alive: 5\r\n\r\ntea");
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.status, 418);
    EXPECT_EQ(answer.body, "tea");
    EXPECT_TRUE(answer.has("X-Own: 1"));
    EXPECT_FALSE(answer.head.contains("Keep-Alive"));
  }
}

TEST(Proxy, StreamsForwardedBodiesBothWays) {
  TestServer server;
  Upstream upstream;
  Client client(server.port());
  client.send(fmt::format("PUT http://127.0.0.1:{}/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                          upstream.port()));
  Client other = upstream.accept();
  EXPECT_TRUE(other.read_until("\r\n\r\n").contains("Transfer-Encoding: chunked"));
  client.send("3\r\nabc\r\n");
  EXPECT_EQ(other.read_bytes(8), "3\r\nabc\r\n");
  client.send("2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(other.read_until("0\r\n\r\n"), "2\r\nde\r\n0\r\n\r\n");
  // No length: the end of the connection is the end of the body.
  other.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nfirst");
  EXPECT_TRUE(client.read_answer().has("Transfer-Encoding: chunked"));
  EXPECT_EQ(client.read_until("first\r\n"), "5\r\nfirst\r\n");
  other.send("second").end();
  EXPECT_EQ(client.read_until("0\r\n\r\n"), "6\r\nsecond\r\n0\r\n\r\n");
  EXPECT_EQ(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read_answer().body, "GET h:80 / []");
}

TEST(Proxy, AnswersForAHostThatDoesNot) {
  TestServer server;
  Upstream upstream;
  Client client(server.port());
  client.send(fmt::format("GET http://127.0.0.1:{}/ HTTP/1.1\r\nHost: x\r\n\r\n", upstream.port()));
  {
    Client other = upstream.accept();
  }
  EXPECT_EQ(client.read_answer().status, 502);
  Client second(server.port());
  second.send(fmt::format("GET http://127.0.0.1:{}/ HTTP/1.1\r\nHost: x\r\n\r\n", upstream.port()));
  Client other = upstream.accept();
  other.read_until("\r\n\r\n");
  other.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut").end();
  EXPECT_EQ(second.read_answer().body, "cut");
  EXPECT_TRUE(second.closed());
}

TEST(Proxy, KnowsFieldsOfOneHop) {
  EXPECT_TRUE(is_hop_by_hop("connection", ""));
  EXPECT_TRUE(is_hop_by_hop("X-A", "close, x-a"));
  EXPECT_FALSE(is_hop_by_hop("X-B", "close, x-a"));
}

/// The real curl, where there is one.
TEST(Proxy, ServesCurl) {
  if (std::system("curl --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no curl here";
  TestServer server;
  TestServer elsewhere;
  const auto folder = std::filesystem::path(::testing::TempDir()) / fmt::format("dialtone_net_{}", ::getpid());
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "ca.pem") << server.authority().certificate_pem();
  std::ofstream(folder / "other.pem") << elsewhere.authority().certificate_pem();
  const auto curl = [&](const std::string& arguments) {
    const auto out = folder / "out";
    const auto command = fmt::format("cd {} && curl -sS --max-time 10 --proxy http://127.0.0.1:{} {} > {} 2>&1",
                                     folder.string(), server.port(), arguments, out.string());
    EXPECT_EQ(std::system(command.c_str()), 0) << arguments;
    std::ifstream file(out);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  EXPECT_EQ(curl("--cacert ca.pem https://api.twilio.com/x -d a=b"), "POST api.twilio.com:443 /x [a=b] tls proxied");
  EXPECT_EQ(curl("http://api.twilio.com/x"), "GET api.twilio.com:80 /x [] proxied");
  EXPECT_EQ(curl(fmt::format("--cacert other.pem https://localhost:{}/y", elsewhere.port())),
            fmt::format("GET localhost:{} /y [] tls", elsewhere.port()));
  EXPECT_EQ(curl(fmt::format("http://127.0.0.1:{}/z", elsewhere.port())),
            fmt::format("GET 127.0.0.1:{} /z []", elsewhere.port()));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace dialtone::net
