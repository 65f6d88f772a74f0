#include "twilio/client.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <mutex>
#include <thread>

#include "twilio/api/v2010.hpp"
#include "twilio/conversations/v2.hpp"
#include "twilio/task.hpp"

namespace twilio {
namespace {

using Reason = TransportError::Reason;

/// Takes connections and says nothing, or the same to every request.
class Peer {
 public:
  explicit Peer(std::string answer = "") : answer_(std::move(answer)), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener_, 16), 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    if (!answer_.empty()) thread_ = std::thread([this] { serve(); });
  }
  ~Peer() {
    shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    close(listener_);
  }

  /// The requests so far, each as its first line.
  std::vector<std::string> asked() const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> lines;
    for (const auto& each : asked_) lines.push_back(each.substr(0, each.find('\r')));
    return lines;
  }

  Options options() const {
    return {.username = "AC" + std::string(32, '1'),
            .password = "secret",
            .base_address = url_,
            .proxy_from_environment = false,
            .retry = {.retries_max = 0}};
  }

 private:
  void serve() {
    for (int peer; (peer = accept(listener_, nullptr, nullptr)) >= 0; close(peer)) {
      char buffer[4096];
      for (ssize_t got; (got = recv(peer, buffer, sizeof buffer, 0)) > 0;) {
        {
          std::lock_guard lock(mutex_);
          asked_.emplace_back(buffer, static_cast<std::size_t>(got));
        }
        std::string out = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(answer_.size()) + "\r\n\r\n" + answer_;
        send(peer, out.data(), out.size(), MSG_NOSIGNAL);
      }
    }
  }

  std::string answer_;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  int listener_;
  std::string url_;
  std::thread thread_;
};

Reason reason_of(Pending<api::v2010::Message>& pending) {
  try {
    pending.get();
  } catch (const TransportError& error) {
    return error.reason();
  }
  throw std::logic_error("no error came");
}

TEST(Client, EndsItsCallsWhenItIsClosed) {
  Peer peer;
  std::vector<Pending<api::v2010::Message>> calls;
  {
    Options options = peer.options();
    options.connections_max = 2;  // so that some of them wait
    Client client(options);
    for (int i = 0; i < 5; ++i) calls.push_back(client.api().messages().create_async({.to = "+1", .body = "x"}));
  }
  for (auto& each : calls) EXPECT_EQ(reason_of(each), Reason::kClosed);
}

TEST(Client, RefusesToWaitInItsOwnThread) {
  Peer peer(R"({"sid":"SM1"})");
  Client client(peer.options());
  std::promise<std::string> said;
  client.api().messages("SM1").fetch_async().on_done([&](auto done) {
    EXPECT_EQ(done.get().sid, "SM1");
    try {
      client.api().messages("SM1").fetch();
      said.set_value("it waited");
    } catch (const std::logic_error& error) {
      said.set_value(error.what());
    }
  });
  EXPECT_NE(said.get_future().get().find("_async"), std::string::npos);
}

TEST(Client, CallsAgainFromACoroutineAndGivesItsErrorsToIt) {
  Peer peer(
      R"({"sid":"SM1","date_sent":"Mon, 06 May 2024 07:08:09 +0000","num_segments":"2","error_code":30003,"status":"brand-new"})");
  Client client(peer.options());
  auto work = [](Client& with) -> Task<std::string> {
    std::string out;
    for (int i = 0; i < 3; ++i) out += (co_await with.api().messages("SM1").fetch_async()).sid;
    auto message = co_await with.api().messages("SM1").fetch_async();
    EXPECT_EQ(message.error_code, 30003);
    EXPECT_EQ(message.num_segments, "2");
    EXPECT_EQ(message.status, "brand-new");
    EXPECT_FALSE(message.status.known());
    EXPECT_EQ(message.date_sent, std::chrono::sys_days(std::chrono::year(2024) / 5 / 6) + std::chrono::hours(7) +
                                     std::chrono::minutes(8) + std::chrono::seconds(9));
    EXPECT_EQ(message.raw.json()["sid"].text(), "SM1");
    co_return out;
  };
  EXPECT_EQ(work(client).get(), "SM1SM1SM1");
  auto failing = [](Client& with) -> Task<> { co_await with.api().messages("../x").fetch_async(); };
  EXPECT_NO_THROW(failing(client).get()) << "a slash is escaped, so it stays one segment";
  auto refused = [](Client& with) -> Task<> { co_await with.api().messages("..").fetch_async(); };
  EXPECT_THROW(refused(client).get(), std::invalid_argument);
}

TEST(Client, SaysWhatIsWrongWithItsOptions) {
  auto problem = [](Options options) -> std::string {
    try {
      Client client(std::move(options));
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  std::string account = "AC" + std::string(32, '1');
  EXPECT_NE(problem({.username = "SK1", .password = "x"}).find("set account_sid"), std::string::npos);
  EXPECT_NE(problem({.username = account, .password = "x", .base_address = "ftp://x"}).find("base_address"),
            std::string::npos);
  EXPECT_NE(problem({.username = account, .password = "x", .proxy = "https://x"}).find("proxy"), std::string::npos);
  EXPECT_NE(problem({.username = account, .password = "x", .ca_file = "/nowhere.pem"}).find("/nowhere.pem"),
            std::string::npos);
  EXPECT_EQ(problem({.username = account, .password = "x", .proxy_from_environment = false}), "");
}

TEST(Client, KeepsItsCredentialsForTwiliosHosts) {
  Peer peer(R"({})");
  Client client(peer.options());
  EXPECT_THROW(client.request({.url = "https://example.com/"}), std::invalid_argument);
  EXPECT_THROW(client.request({.url = "http://api.twilio.com/"}), std::invalid_argument);
  EXPECT_THROW(client.request({.url = "https://api.twilio.com/", .headers = {{"X", "a\r\nY: b"}}}),
               std::invalid_argument);
  EXPECT_EQ(client.request({.url = "https://api.twilio.com/x"}).status, 200);
}

TEST(Listing, ReadsPagesUpToItsLimit) {
  Peer peer(R"({"messages":[{"sid":"SM1"},{"sid":"SM2"}],"next_page_uri":"/2010-04-01/again"})");
  Client client(peer.options());
  EXPECT_EQ(client.api().messages().list({.limit = 5}).all().size(), 5U);
  EXPECT_EQ(client.api().messages().list({.limit = 0}).all().size(), 0U);
  auto page = client.api().messages().page();
  EXPECT_TRUE(page.has_next());
  EXPECT_EQ(page.next().items[1].sid, "SM2");
}

TEST(Listing, GoesOnByTokenWhereTheInterfaceDoes) {
  Peer peer(R"({"conversations":[{"id":"c1"}],"meta":{"key":"conversations","nextToken":"a token/2"}})");
  Client client(peer.options());
  auto found =
      client.conversations().v2().conversations().list({.page_size = 1, .page_token = "first", .limit = 2}).all();
  EXPECT_EQ(found.size(), 2U);
  std::vector<std::string> expected = {"GET /v2/Conversations?pageSize=1&pageToken=first HTTP/1.1",
                                       "GET /v2/Conversations?pageSize=1&pageToken=a%20token%2F2 HTTP/1.1"};
  EXPECT_EQ(peer.asked(), expected);
}

TEST(Listing, AsksTheSameHostForTheNextPageWhateverItsAddressSays) {
  Peer peer(R"({"messages":[{"sid":"SM1"}],"next_page_uri":"https://evil.example/steal?Page=1"})");
  Client client(peer.options());
  EXPECT_EQ(client.api().messages().list({.limit = 2}).all().size(), 2U);
  EXPECT_EQ(peer.asked().at(1), "GET /steal?Page=1 HTTP/1.1");
}

}  // namespace
}  // namespace twilio
