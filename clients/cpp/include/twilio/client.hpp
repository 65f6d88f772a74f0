#pragma once
// The client: credentials, connections and the way into every product.
//
//     twilio::Client client;                                        // TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN
//     twilio::Client client(account_sid, auth_token);
//     twilio::Client client({.username = key_sid, .password = secret, .account_sid = account_sid, .region = "ie1"});
//
// A product is one header: `#include <twilio/api/v2010.hpp>` brings `client.api()`. A client may be used by many
// threads; it must outlive what was made of it.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "twilio/error.hpp"
#include "twilio/pending.hpp"
#include "twilio/values.hpp"

#include "twilio/domains.hpp"

namespace twilio {

namespace detail {
class Core;
}

/// When and how a request is sent again. 429 always is; an answer of 500 and above, and a connection that broke, only
/// for requests that may be sent twice: every GET, PUT and DELETE, and others when `repeat_creates` says so.
struct RetryOptions {
  int retries_max = 3;
  std::chrono::milliseconds first_delay{200};
  std::chrono::milliseconds delay_max{5000};
  /// A POST whose answer never came may have happened: repeating it can send a message twice.
  bool repeat_creates = false;
};

/// What the log is told of one attempt. No secrets are in it, and no values of parameters.
struct LogEntry {
  std::string method;
  std::string url;     // without the values of its query
  std::string fields;  // names of what was sent, with commas
  int attempt = 1;
  int status = 0;       // 0 when there was no answer
  std::string problem;  // why there was none
  std::string request_id;
  std::chrono::microseconds took{0};
  /// One line of text.
  std::string text() const;
};

struct Options {
  /// Account SID or API key SID; TWILIO_ACCOUNT_SID when empty.
  std::string username{};
  /// Auth token or the key's secret; TWILIO_AUTH_TOKEN when empty.
  std::string password{};
  /// The account that requests are about; `username` when empty.
  std::string account_sid{};
  /// TWILIO_EDGE and TWILIO_REGION when empty. `sydney` and `au1` make api.sydney.au1.twilio.com of api.twilio.com.
  std::string edge{};
  std::string region{};
  /// Another place to send everything to, such as http://127.0.0.1:3425; requests keep their Host header.
  std::string base_address{};
  /// http://user:password@host:port. When empty: https_proxy, HTTPS_PROXY, all_proxy, ALL_PROXY, then HTTP_PROXY,
  /// except for hosts in no_proxy and this machine.
  std::string proxy{};
  bool proxy_from_environment = true;
  /// A PEM file with certificate authorities to trust beside the system's; TWILIO_CA_BUNDLE when empty. SSL_CERT_FILE
  /// takes the place of the system's.
  std::string ca_file{};
  /// For one attempt, from the first byte sent to the last byte received, and for the connection before it.
  std::chrono::milliseconds timeout{30'000};
  std::chrono::milliseconds connect_timeout{10'000};
  RetryOptions retry{};
  /// Connections to one host at a time; further calls wait for one.
  int connections_max = 20;
  /// Called in the client's thread. TWILIO_LOG_LEVEL=debug writes to stderr when none is given.
  std::function<void(const LogEntry&)> log{};
  /// Appended to the User-Agent.
  std::string user_agent_extension{};
};

/// An answer as it came, for requests that no operation describes.
struct Response {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// Empty when there is none. Names compare without regard to case.
  std::string_view header(std::string_view name) const;
  Json json() const { return Json::parse(body); }
};

struct Part {
  std::string name;
  std::string content;
  std::string filename{};
  std::string content_type{};
};

struct RawRequest {
  std::string method = "GET";
  /// https://serverless-upload.twilio.com/v1/Services/…
  std::string url{};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  std::string content_type{};
  /// Sends multipart/form-data in place of `body`.
  std::vector<Part> parts{};
};

class Client : public Domains {
 public:
  Client() : Client(Options{}) {}
  Client(std::string account_sid, std::string auth_token)
      : Client(Options{.username = std::move(account_sid), .password = std::move(auth_token)}) {}
  /// Throws std::invalid_argument when there are no credentials, or when an address or a CA file cannot be used.
  explicit Client(Options options);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  /// Calls that are not done end with TransportError (kClosed).
  ~Client();

  const std::string& account_sid() const;

  /// Any request with this client's credentials, connections and retries. Every status is an answer here, not an error.
  Response request(const RawRequest& request) { return request_async(request).get(); }
  Pending<Response> request_async(const RawRequest& request);

 private:
  std::shared_ptr<detail::Core> owned_;
};

}  // namespace twilio
