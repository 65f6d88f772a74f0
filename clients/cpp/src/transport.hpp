#pragma once
// HTTP/1.1 over TCP and TLS: one thread, a pool of connections for each host, one request in flight on each connection.
//
// A Transport is started by its first request. Who closes whom: stop() ends the thread; then every request that is not
// done is dropped, and its handler hears TransportError (kClosed).

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "twilio/error.hpp"

namespace twilio::detail {

struct Answer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::string_view header(std::string_view name) const;
};

struct Outgoing {
  std::string method;
  std::string host;  // the Host header and, unless another address is set, where it goes
  std::string target;
  std::string head;  // header lines beside Host and Content-Length, each with its line end
  std::string body;
  bool has_body = false;
  bool repeatable = false;
};

struct TransportSettings {
  std::string base_scheme, base_host;  // empty: https to Outgoing::host
  std::uint16_t base_port = 0;
  std::string proxy_host;  // empty: none
  std::uint16_t proxy_port = 0;
  std::string proxy_authorization;  // the header's value
  std::string no_proxy;
  std::string ca_file;
  std::chrono::milliseconds timeout{}, connect_timeout{};
  int connections_max = 20;
};

/// What became of one attempt: an answer, or a reason in its place.
struct Outcome {
  Answer answer;
  std::exception_ptr error;
};
using OutcomeHandler = std::function<void(Outcome)>;

class Transport : public std::enable_shared_from_this<Transport> {
 public:
  /// Throws std::invalid_argument when the CA file cannot be read.
  explicit Transport(TransportSettings settings);
  ~Transport();

  /// `handler` is called once, in this transport's thread. `delay` before it is sent.
  void send(std::shared_ptr<const Outgoing> request, std::chrono::milliseconds delay, OutcomeHandler handler);
  void stop();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

/// Whether this is a transport's thread, which must not wait for itself.
bool in_transport_thread();

}  // namespace twilio::detail
