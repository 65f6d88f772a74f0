#pragma once
// One connection to a host, perhaps through a proxy's tunnel: request out, answer in.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <optional>

#include "transport.hpp"

namespace twilio::detail {

/// Where a connection leads. Connections of one route are alike.
struct Route {
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;
  bool proxied = false;

  friend auto operator<=>(const Route&, const Route&) = default;
};

class Connection {
 public:
  Connection(boost::asio::any_io_executor executor, const TransportSettings& settings, boost::asio::ssl::context& tls);

  /// Resolves, connects, asks the proxy and shakes hands. Throws TransportError.
  boost::asio::awaitable<void> open(const Route& route);
  /// Throws TransportError; the connection is of no use then.
  boost::asio::awaitable<Answer> exchange(const Outgoing& request);

  /// The other side has not closed it and says nothing unasked.
  bool fresh();
  bool reusable() const { return reusable_; }

 private:
  using Socket = boost::asio::ip::tcp::socket;
  using Inner = boost::asio::ssl::stream<Socket>;

  void limit(std::chrono::milliseconds time);
  boost::asio::awaitable<void> tunnel(const Route& route);
  boost::asio::awaitable<void> shake_hands(const Route& route);
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer to);
  boost::asio::awaitable<void> write(boost::asio::const_buffer from);
  [[noreturn]] void fail(TransportError::Reason reason, const std::string& what, bool sent) const;

  const TransportSettings& settings_;
  Inner stream_;
  boost::asio::steady_timer timer_;
  std::string out_;
  boost::beast::flat_buffer in_;
  Route route_;
  bool reusable_ = false;
  // Read by the timer's handler, which may run after the connection is gone.
  struct Deadline {
    bool passed = false;
    Socket* socket = nullptr;
    unsigned number = 0;
  };
  std::shared_ptr<Deadline> deadline_;

 public:
  ~Connection() { deadline_->socket = nullptr; }
};

}  // namespace twilio::detail
