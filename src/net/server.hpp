#pragma once
// One listener serves everything on one port: HTTP/1.1, TLS (known by the first byte 0x16; SNI chooses the certificate)
// and the HTTP proxy (CONNECT and absolute-form targets). All of it runs on one io_context thread, one coroutine per
// connection. Who closes whom: the Server owns the acceptors and the tick; a connection owns itself and its socket;
// drain_and_stop() closes idle connections at once and the rest when their answer is sent or the grace is over.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "net/http.hpp"

typedef struct ssl_ctx_st SSL_CTX;

namespace dialtone::net {

struct ServerOptions {
  std::string bind = "127.0.0.1";  ///< an address, or `localhost` for 127.0.0.1 and (where there is one) ::1
  std::uint16_t port = 3425;       ///< 0: any free port
  std::size_t body_bytes_max = 32 * 1024 * 1024;
  std::size_t header_bytes_max = 32 * 1024;
  std::size_t header_count_max = 200;
  std::size_t connections_max = 4096;
  std::chrono::milliseconds idle_limit = std::chrono::seconds(75);    ///< between requests
  std::chrono::milliseconds header_limit = std::chrono::seconds(15);  ///< first byte to end of header; TLS handshake
  std::chrono::milliseconds body_limit = std::chrono::seconds(30);    ///< plus one second for each 64 KiB received
  std::chrono::milliseconds write_limit = std::chrono::seconds(60);   ///< without progress
  std::chrono::milliseconds tick = std::chrono::seconds(1);           ///< resolution of these limits
};

/// Chooses a certificate by server name. `name` is lower case, empty when the client sent none.
class CertificateSource {
 public:
  virtual ~CertificateSource() = default;
  /// The context to serve `name` with, with a reference that the caller drops; null refuses the handshake.
  virtual SSL_CTX* context_for(std::string_view name) = 0;
};

enum class Tunnelling { kOff, kLoopbackClients, kEverybody };

struct ProxyOptions {
  /// Hosts that are ours: requests to them go to the handler. `host` is lower case without port.
  std::function<bool(std::string_view host)> intercept = {};
  /// Who may reach other hosts through us. A server bound to a public address must not be an open proxy.
  Tunnelling tunnelling = Tunnelling::kLoopbackClients;
  std::chrono::milliseconds connect_limit = std::chrono::seconds(10);
  std::chrono::milliseconds idle_limit = std::chrono::minutes(15);  ///< of a tunnel, both ways
};

struct ServerStats {
  std::size_t connections = 0;  ///< open now
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;  ///< over connections_max
  std::uint64_t requests = 0;
  std::uint64_t tunnels = 0;
};

class Server {
 public:
  /// `handler` and `certificates` outlive the server. Without certificates TLS connections are closed.
  Server(Executor executor, ServerOptions options, Handler& handler, ProxyOptions proxy = {},
         CertificateSource* certificates = nullptr);
  ~Server();  ///< closes what is left
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds and begins to accept; gives the port.
  Result<std::uint16_t> listen();
  /// Stops accepting, lets requests in flight finish for at most `grace`, then closes all. Streams see gone().
  Task<> drain_and_stop(std::chrono::milliseconds grace);
  [[nodiscard]] ServerStats stats() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace dialtone::net
