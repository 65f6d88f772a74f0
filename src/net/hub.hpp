#pragma once
// What the connections of one server share: its options, the list of them all, the tick that enforces their limits, and
// the text of the Date header, made once a second.

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>
#include <boost/intrusive/list.hpp>

#include "base/task.hpp"
#include "net/server.hpp"

namespace dialtone::net {

class Connection;
using ConnectionHook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// The name whose certificate a handshake uses when the client sends no SNI. `name` outlives the handshake.
void set_fallback_name(SSL* ssl, const std::string& name);

class Hub : public std::enable_shared_from_this<Hub> {
 public:
  Hub(Executor executor, ServerOptions options, Handler& handler, ProxyOptions proxy, CertificateSource* certificates);

  const Executor executor;
  const ServerOptions options;
  const ProxyOptions proxy;
  Handler& handler;
  CertificateSource* const certificates;
  std::uint16_t port = 0;  ///< what we listen at
  bool draining = false;
  bool stopped = false;  ///< the handler may be gone
  ServerStats stats;
  Event emptied;  ///< set when we drain and the last connection has gone

  void add(Connection& connection);
  void removed();
  void start();
  void drain();
  void close_all();

  /// The tick after which `limit` is over.
  [[nodiscard]] std::uint64_t deadline(std::chrono::milliseconds limit) const;
  /// `Date: …` with its line end.
  [[nodiscard]] const std::string& date() const { return date_; }
  /// True when that is this server: a proxy must not connect to itself.
  [[nodiscard]] bool is_self(std::string_view host, std::uint16_t host_port) const;
  [[nodiscard]] bool intercepts(std::string_view host) const { return proxy.intercept && proxy.intercept(host); }
  /// The context that handshakes begin with; it takes the certificate by server name.
  asio::ssl::context& tls() { return tls_; }

 private:
  void arm();
  void on_tick();
  void render_date();

  boost::intrusive::list<Connection, boost::intrusive::base_hook<ConnectionHook>,
                         boost::intrusive::constant_time_size<false>>
      connections_;
  asio::ssl::context tls_;
  Timer timer_;
  std::uint64_t tick_ = 0;
  std::time_t date_second_ = 0;
  std::string date_;
};

}  // namespace dialtone::net
