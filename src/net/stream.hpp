#pragma once
// The bytes of one connection: a TCP socket, with TLS over it or not. Models Asio's AsyncReadStream and
// AsyncWriteStream, so Beast's WebSocket stream works over it.

#include <memory>
#include <string_view>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "base/task.hpp"

namespace dialtone::net {

using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
/// For operations whose error is an ordinary answer: `auto [error, n] = co_await …`.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> use_result{};

class Stream {
 public:
  using executor_type = Executor;
  using lowest_layer_type = Stream;
  using Tls = asio::ssl::stream<Socket&>;

  explicit Stream(Socket socket) : socket_(std::move(socket)) {}

  [[nodiscard]] Executor get_executor() { return socket_.get_executor(); }
  Stream& lowest_layer() { return *this; }
  [[nodiscard]] Socket& socket() { return socket_; }
  [[nodiscard]] bool tls() const { return tls_ != nullptr; }

  /// Puts TLS over the socket, as a server; the handshake is the caller's.
  Tls& start_tls(asio::ssl::context& context) { return *(tls_ = std::make_unique<Tls>(socket_, context)); }
  [[nodiscard]] Tls* tls_layer() { return tls_.get(); }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const auto& to) {
          if (tls_) {
            tls_->async_read_some(to, std::move(handler));
          } else {
            socket_.async_read_some(to, std::move(handler));
          }
        },
        token, buffers);
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const auto& from) {
          if (tls_) {
            tls_->async_write_some(from, std::move(handler));
          } else {
            socket_.async_write_some(from, std::move(handler));
          }
        },
        token, buffers);
  }

  /// What the kernel takes at once of a plain connection; 0 when it takes nothing now, as over TLS.
  std::size_t try_write(std::string_view bytes, boost::system::error_code& error) {
    error = {};
    if (tls_) return 0;
    const auto written = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
    if (error == asio::error::would_block) error = {};
    return written;
  }

  /// What a plain connection has at once; 0 when there is nothing now, or there will be no more, and over TLS.
  std::size_t try_read(std::span<char> bytes) {
    if (tls_) return 0;
    boost::system::error_code ignored;  // whoever reads next meets it again
    return socket_.read_some(asio::buffer(bytes.data(), bytes.size()), ignored);
  }

  void close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  Socket socket_;
  std::unique_ptr<Tls> tls_;
};

}  // namespace dialtone::net
