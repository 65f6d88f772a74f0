#pragma once
// For tests: a server on a thread of its own, and a client that speaks in bytes, so that a test says exactly what is
// sent and sees exactly what comes back. Every read of the client has a limit.

#include <future>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "net/ca.hpp"
#include "net/server.hpp"

namespace dialtone::net::testing {

/// Answers what a function says.
class FunctionHandler final : public Handler {
 public:
  using Function = std::function<Task<Response>(Request&)>;
  explicit FunctionHandler(Function function) : function_(std::move(function)) {}
  Task<Response> handle(Request& request) override { return function_(request); }

 private:
  Function function_;
};

/// `METHOD host:port target [body] flags`, to see what a handler was given.
inline Task<Response> echo(Request& request) {
  co_return Response::text(
      200, fmt::format("{} {}:{} {} [{}]{}{}", request.method, request.host, request.host_port, request.target,
                       request.body, request.tls ? " tls" : "", request.proxied ? " proxied" : ""));
}

class TestServer {
 public:
  explicit TestServer(FunctionHandler::Function function = echo, ServerOptions options = {}, ProxyOptions proxy = {})
      : handler_(std::move(function)), authority_(*CertificateAuthority::in_memory()) {
    options.port = 0;
    if (!proxy.intercept) {
      proxy.intercept = [](std::string_view host) { return host == "twilio.com" || host.ends_with(".twilio.com"); };
    }
    server_ = std::make_unique<Server>(io_.get_executor(), options, handler_, proxy, authority_.get());
    port_ = *server_->listen();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~TestServer() {
    std::promise<void> closed;
    asio::post(io_, [&] {
      server_.reset();
      closed.set_value();
    });
    closed.get_future().wait();
    io_.stop();
    thread_.join();
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] CertificateAuthority& authority() { return *authority_; }
  asio::io_context& io() { return io_; }
  std::future<void> drain(std::chrono::milliseconds grace) {
    return asio::co_spawn(io_, server_->drain_and_stop(grace), asio::use_future);
  }
  ServerStats stats() {
    return asio::post(io_, asio::use_future([this] { return server_->stats(); })).get();
  }

 private:
  asio::io_context io_{1};
  FunctionHandler handler_;
  std::unique_ptr<CertificateAuthority> authority_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  [[nodiscard]] bool has(std::string_view line) const { return head.contains(fmt::format("\r\n{}\r\n", line)); }
};

/// A blocking socket.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  /// Takes a connected socket over.
  static Client of(int socket) { return Client(socket, Taken{}); }
  Client(Client&& other) noexcept : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}
  ~Client() {
    if (socket_ >= 0) ::close(socket_);
  }

  Client& send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) break;  // the server has closed; what it said before is to be read
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return *this;
  }
  void end() { ::shutdown(socket_, SHUT_WR); }
  [[nodiscard]] int native() const { return socket_; }

  /// Everything up to and with `mark`; less when the server closes before.
  std::string read_until(std::string_view mark) {
    std::size_t at = 0;
    while ((at = buffer_.find(mark)) == std::string::npos) {
      if (!more()) return std::exchange(buffer_, {});
    }
    return take(at + mark.size());
  }
  std::string read_bytes(std::size_t size) {
    while (buffer_.size() < size && more()) {
    }
    return take(std::min(size, buffer_.size()));
  }
  /// All until the server closes.
  std::string read_all() {
    while (more()) {
    }
    return std::exchange(buffer_, {});
  }
  enum class Body { kPresent, kAbsent };
  /// One answer with a Content-Length, or whose body is absent (HEAD, CONNECT).
  Answer read_answer(Body body = Body::kPresent) {
    Answer answer;
    answer.head = read_until("\r\n\r\n");
    if (answer.head.size() > 12) answer.status = std::stoi(answer.head.substr(9, 3));
    const std::string_view field = "\r\nContent-Length: ";
    const auto at = answer.head.find(field);
    if (body == Body::kPresent && at != std::string::npos) {
      answer.body = read_bytes(std::stoul(answer.head.substr(at + field.size())));
    }
    return answer;
  }
  /// True when the server has closed and sent nothing more.
  bool closed() { return buffer_.empty() && !more() && buffer_.empty(); }

 private:
  struct Taken {};
  Client(int socket, Taken) : socket_(socket) {}
  bool more() {
    std::array<char, 16 * 1024> piece;
    const auto n = ::recv(socket_, piece.data(), piece.size(), 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) ADD_FAILURE() << "the server said nothing in time";
    if (n > 0) buffer_.append(piece.data(), static_cast<std::size_t>(n));
    return n > 0;
  }
  std::string take(std::size_t size) {
    auto text = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return text;
  }

  int socket_;
  std::string buffer_;
};

}  // namespace dialtone::net::testing
