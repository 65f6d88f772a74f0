#pragma once
// A server for tests: answers each request on its connection with the bytes it is told, on a free port.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "base/task.hpp"

namespace dialtone::webhook::test {

enum class After : std::uint8_t { kKeep, kClose, kReset, kHang, kRepeat };

struct Reply {
  std::string bytes;
  After after = After::kKeep;
};

inline Reply ok(std::string_view body, std::string_view headers = "") {
  return {fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n{}\r\n{}", body.size(),
                      headers, body)};
}
inline Reply status(int code, std::string_view headers = "") {
  return {fmt::format("HTTP/1.1 {} X\r\nContent-Length: 0\r\n{}\r\n", code, headers)};
}

class Server {
 public:
  using Handler = std::function<Reply(const std::string& request)>;
  using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

  Server(Executor executor, Handler handler, asio::ssl::context* tls = nullptr)
      : executor_(executor),
        acceptor_(executor, {asio::ip::address_v4::loopback(), 0}),
        handler_(std::move(handler)),
        tls_(tls) {
    spawn(executor_, "test.accept", accept());
  }

  [[nodiscard]] int port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] std::string url(std::string_view path) const {
    return fmt::format("{}://127.0.0.1:{}{}", tls_ ? "https" : "http", port(), path);
  }
  [[nodiscard]] std::size_t connections() const { return connections_; }
  [[nodiscard]] const std::vector<std::string>& requests() const { return requests_; }
  /// Closes every open connection, as a server does that has waited long enough.
  void close_connections() {
    for (auto& weak : open_) {
      if (const auto socket = weak.lock()) socket->close();
    }
  }

 private:
  static constexpr auto kTuple = asio::as_tuple(use_task);

  Task<> accept() {
    while (true) {
      auto socket = std::make_shared<Socket>(executor_);
      const auto [error] = co_await acceptor_.async_accept(*socket, kTuple);
      if (error) co_return;
      ++connections_;
      open_.push_back(socket);
      spawn(executor_, "test.serve", serve(std::move(socket)));
    }
  }

  Task<> serve(std::shared_ptr<Socket> socket) {
    if (tls_ == nullptr) co_return co_await talk(*socket, *socket);
    asio::ssl::stream<Socket&> stream(*socket, *tls_);
    const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, kTuple);
    if (!error) co_await talk(stream, *socket);
  }

  template <typename Stream>
  Task<> talk(Stream& stream, Socket& socket) {
    std::string buffer;
    while (true) {
      const auto [error, head] =
          co_await asio::async_read_until(stream, asio::dynamic_buffer(buffer), "\r\n\r\n", kTuple);
      if (error) co_return;
      std::size_t body = 0;
      if (const auto at = buffer.find("Content-Length: "); at < head) body = std::stoul(buffer.substr(at + 16));
      if (buffer.size() < head + body) {
        const auto more = asio::transfer_exactly(head + body - buffer.size());
        const auto [failed, size] = co_await asio::async_read(stream, asio::dynamic_buffer(buffer), more, kTuple);
        if (failed) co_return;
      }
      requests_.push_back(buffer.substr(0, head + body));
      buffer.erase(0, head + body);
      const Reply reply = handler_(requests_.back());
      do {
        const auto [failed, size] = co_await asio::async_write(stream, asio::buffer(reply.bytes), kTuple);
        if (failed) co_return;
      } while (reply.after == After::kRepeat);
      if (reply.after == After::kReset) socket.set_option(asio::socket_base::linger(true, 0));
      if (reply.after == After::kClose || reply.after == After::kReset) {
        socket.close();
        co_return;
      }
    }
  }

  Executor executor_;
  asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor_;
  Handler handler_;
  asio::ssl::context* tls_;
  std::size_t connections_ = 0;
  std::vector<std::string> requests_;
  std::vector<std::weak_ptr<Socket>> open_;
};

}  // namespace dialtone::webhook::test
