#pragma once
// Requests to the outside: webhooks, status callbacks, files to play. One Client per program; it keeps connections.
// They are composed, signed, sent and read on a thread of the client's own, so that an answer to an API request does
// not wait behind them; what a caller sees happens on its own executor.
//
// What it does on the wire is what Twilio's proxy does: the headers in its order, `Accept-Encoding: gzip`, the
// signature over the URL of every hop, connect 5 s with one retry, 15 s in total, all adjustable in the URL's fragment
// (url.hpp). Redirects: at most 10; 301, 302 and 303 after a POST become a GET without the parameters, as browsers do;
// 307 and 308 repeat the request. User info is sent after a 401 asks for it. A retry begins again at the first URL.
//
// A send() always returns, within the total timeout, and records every hop for the debugger. It never throws for what
// the other side does. A caller whose coroutine is cancelled loses the connection in use, nothing else.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/form.hpp"
#include "base/task.hpp"

namespace dialtone::webhook {

inline constexpr std::size_t kResponseBytesMax = 64 * 1024;  ///< of a body; the rest is not read
inline constexpr std::size_t kResponseHeaderBytesMax = 32 * 1024;
inline constexpr int kRedirectsMax = 10;
inline constexpr std::size_t kIdlePerHostMax = 128;
inline constexpr std::size_t kIdleMax = 512;
inline constexpr std::chrono::seconds kIdleMaxAge{30};
inline constexpr std::size_t kRunningPerHostMax = 128;   ///< requests at the same time; more wait
inline constexpr std::chrono::seconds kTurnWaitMax{60};  ///< for one's turn, beside the request's own limits

/// These become alerts; they are never an API answer, hence no status.
namespace errors {
inline constexpr ErrorRow kRetrieval{11200, 0, "HTTP retrieval failure"};
inline constexpr ErrorRow kConnectTimeout{11201, 0, "TCP connection timed out"};
inline constexpr ErrorRow kConnectRefused{11202, 0, "TCP connection refused"};
inline constexpr ErrorRow kTotalTimeout{11203, 0, "HTTP communications timeout"};
inline constexpr ErrorRow kConnection{11205, 0, "HTTP connection failure"};
inline constexpr ErrorRow kProtocol{11206, 0, "HTTP protocol violation"};
inline constexpr ErrorRow kDns{11210, 0, "HTTP bad host name"};
inline constexpr ErrorRow kRedirects{11215, 0, "HTTP too many redirects"};
inline constexpr ErrorRow kTls{11220, 0, "SSL/TLS handshake error"};
inline constexpr ErrorRow kTlsName{11235, 0, "Certificate invalid: domain mismatch"};
inline constexpr ErrorRow kTlsExpired{11236, 0, "Certificate expired"};
inline constexpr ErrorRow kTlsUntrusted{11237, 0, "Certificate invalid: could not find path to certificate"};
inline constexpr ErrorRow kEmptyChunked{11770, 0, "Empty body with chunked transfer encoding"};
}  // namespace errors

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first value of a header; names have no case.
[[nodiscard]] std::optional<std::string_view> header_of(const Headers& headers, std::string_view name);

struct Body {
  std::string content_type;
  std::string bytes;
};

/// Whether a server must prove who it is.
enum class Certificates : std::uint8_t { kVerify, kAccept };

/// What an answer is for. A document that comes chunked but empty is an error (11770); a notification may end so.
enum class Purpose : std::uint8_t { kDocument, kNotification };

struct Call {
  std::string method = "POST";         ///< with GET the parameters go into the query
  std::string url;                     ///< absolute, with its fragment
  FormPairs params = {};               ///< form parameters, in order
  std::optional<Body> body = {};       ///< sent in place of the parameters; the URL gets its hash
  std::string auth_token = {};         ///< signs; no signature without
  std::string idempotency_token = {};  ///< no header without
  Purpose purpose = Purpose::kDocument;
  Headers headers = {};                               ///< after ours; not sent to another host after a redirect
  std::string conversation = {};                      ///< whose cookies go along and are kept; none without
  Certificates certificates = Certificates::kVerify;  ///< kAccept here or in the client's options accepts any
  std::size_t response_bytes_max = kResponseBytesMax;
};

/// Parts of a hop, each 0 when it did not happen (a kept connection has no dns, connect, tls).
struct Timing {
  TimePoint started_at{};
  Duration dns{0};
  Duration connect{0};
  Duration tls{0};
  Duration first_byte{0};  ///< from the request's last byte to the answer's first
  Duration total{0};
};

struct Hop {
  std::string method;
  std::string url;  ///< as sent and signed
  Headers request_headers;
  std::string request_body;
  int status = 0;  ///< 0: no answer
  Headers response_headers;
  std::string response_body;  ///< decoded, at most as much as the call allows
  bool truncated = false;     ///< there was more body than that
  bool chunked = false;       ///< transfer coding of the answer
  bool sent = false;          ///< there was a connection to send it on
  bool kept_connection = false;
  bool from_cache = false;  ///< the server said 304: body and headers are those it gave before
  std::size_t response_bytes_max = kResponseBytesMax;
  Timing timing;
};

struct Exchange {
  std::vector<Hop> hops;
  std::optional<Error> error;  ///< nothing after a 2xx answer

  [[nodiscard]] bool ok() const { return !error; }
  /// The last hop: its answer is the answer. Null when the URL could not be used at all.
  [[nodiscard]] const Hop* last() const { return hops.empty() ? nullptr : &hops.back(); }
};

/// What goes wrong with a request on purpose; nothing when neither is set.
struct Mishap {
  std::optional<Error> error = {};  ///< it fails so, and nobody was asked
  int status = 0;                   ///< it is answered so, and nobody was asked
};

/// Decides what goes wrong; the lab implements it.
class Mishaps {
 public:
  virtual ~Mishaps() = default;
  /// Asked before each hop, on the client's executor. May take its time, but of a stall no more than `limit`, after
  /// which `expired` is the error.
  virtual Task<Mishap> strike(const Call& call, const std::string& url, Duration limit, const Error& expired) = 0;
};

struct ClientOptions {
  Certificates certificates = Certificates::kVerify;
  std::string extra_ca_pem = {};  ///< trusted beside the system's roots
  std::size_t running_per_host_max = kRunningPerHostMax;
  /// Where a host is, in place of DNS. Called on the client's executor.
  std::function<std::optional<asio::ip::tcp::endpoint>(std::string_view host, std::uint16_t port)> resolve_override =
      {};
};

class Client {
 public:
  /// `executor` is the callers' and that of `clock`, mishaps and resolve_override.
  Client(Executor executor, const Clock& clock, ClientOptions options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// The client must live until the task is done or dropped.
  Task<Exchange> send(Call call);

  /// Who decides what goes wrong; null when nothing does.
  void use(Mishaps* mishaps);

  /// For tests, while nothing is sent.
  [[nodiscard]] std::size_t idle_connections() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace dialtone::webhook
