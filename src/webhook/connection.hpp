#pragma once
// One TCP connection to a webhook's host, with TLS or without, and the making of it. A connection has one deadline at a
// time: when it passes, the socket closes and whatever waits on it ends.

#include <chrono>
#include <memory>
#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "webhook/client.hpp"
#include "webhook/url.hpp"

namespace dialtone::webhook {

using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using TlsStream = asio::ssl::stream<Socket&>;
using SteadyTime = std::chrono::steady_clock::time_point;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(Executor executor) : socket_(executor), timer_(executor) {}

  /// Sets the one deadline; replaces the one before.
  void expire_at(SteadyTime deadline);
  void no_deadline() { deadline_ = SteadyTime::max(); }
  [[nodiscard]] bool expired() const { return expired_; }
  void close();

  /// True when an idle connection can still be used: open, and nothing was received on it.
  [[nodiscard]] bool is_quiet();

  [[nodiscard]] Socket& socket() { return socket_; }
  [[nodiscard]] TlsStream* tls() { return tls_ ? &*tls_ : nullptr; }
  TlsStream& start_tls(asio::ssl::context& context) { return tls_.emplace(socket_, context); }

 private:
  void wake_at(SteadyTime time);

  Socket socket_;
  std::optional<TlsStream> tls_;
  // A deadline is set for each request and hardly ever passes: the timer is left where it is while it is not too late,
  // and looks at the deadline when it fires.
  Timer timer_;
  SteadyTime wakes_at_ = SteadyTime::max();
  SteadyTime deadline_ = SteadyTime::max();
  bool expired_ = false;
};

using ConnectionPtr = std::shared_ptr<Connection>;

/// Makes connections.
class Connector {
 public:
  /// Connections are made on `executor`; `home` is where the options' functions are called.
  Connector(Executor executor, Executor home, const ClientOptions& options)
      : executor_(executor), home_(home), options_(options) {}

  /// Resolves, connects, shakes hands, all before `deadline`; the last two within the URL's connect timeout. Fills the
  /// parts of `timing`. Errors: 11201, 11202, 11203, 11205, 11210, 11220, 11235, 11236, 11237.
  Task<Result<ConnectionPtr>> connect(const Url& url, Certificates certificates, SteadyTime deadline, Timing& timing);

 private:
  using Endpoints = std::vector<asio::ip::tcp::endpoint>;

  Task<Result<Endpoints>> resolve(const Url& url, SteadyTime deadline);
  Task<Result<void>> shake_hands(Connection& connection, const Url& url, Certificates certificates);
  asio::ssl::context& tls_context();

  Task<std::optional<asio::ip::tcp::endpoint>> known(const Url& url);

  Executor executor_;
  Executor home_;
  const ClientOptions& options_;
  std::unique_ptr<asio::ssl::context> tls_context_;  ///< made at the first https URL: the system's roots take a while
};

}  // namespace dialtone::webhook
