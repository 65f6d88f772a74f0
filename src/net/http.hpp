#pragma once
// What the rest of the program sees of HTTP: a request that has been read and checked, the answer to it, and the one
// interface that turns the first into the second. No sockets here, so tests of handlers need none.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/task.hpp"

namespace dialtone::net {

class Stream;

/// The fields of a message in the order they came. All text lies in one string, so a request that is reused for the
/// next message on its connection allocates nothing.
class Headers {
 public:
  void add(std::string_view name, std::string_view value);
  void clear();
  /// Value of the first field of that name (any case); empty when there is none.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  /// Name as it was sent, and value. The views live until the next change.
  [[nodiscard]] std::pair<std::string_view, std::string_view> at(std::size_t index) const;

 private:
  struct Field {
    std::uint32_t begin;
    std::uint32_t name_size;
    std::uint32_t value_size;
  };
  [[nodiscard]] const Field* find(std::string_view name) const;

  std::string text_;
  std::vector<Field> fields_;
};

struct Request {
  std::string method;           ///< as sent: methods are case-sensitive
  std::string target;           ///< origin-form (`/path?query`), undecoded; `*` for OPTIONS
  std::string host;             ///< lower case, without port; from CONNECT, the absolute-form target or Host
  std::uint16_t host_port = 0;  ///< port named with the host, else the scheme's
  Headers headers;
  std::string body;
  std::string remote;      ///< address of the peer, without port
  bool tls = false;        ///< came over TLS
  bool proxied = false;    ///< came through the proxy (CONNECT, or an absolute-form target)
  bool keep_alive = true;  ///< the client wants to go on
  int version = 11;        ///< 10 or 11

  /// Value of the first header of that name (any case); empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const { return headers.get(name); }
};

/// Writes the body of an answer piece by piece. Lives until the stream function returns.
class Writer {
 public:
  virtual ~Writer() = default;
  /// Sends a piece, and returns once the kernel has taken it (back-pressure). False when the peer has gone or the
  /// server is about to stop: return then.
  virtual Task<bool> write(std::string_view chunk) = 0;
  /// True when nobody waits for more: the peer closed, stopped reading, or the server drains.
  [[nodiscard]] virtual bool gone() const = 0;
  /// Called once when gone() becomes true; at once if it is already. Typically sets an Event that the stream waits on.
  virtual void on_gone(std::function<void()> action) = 0;
};

using StreamFn = std::function<Task<>(Writer&)>;
/// Takes the connection over after a 101 answer. `early`: bytes that the peer sent after its request.
using TakeoverFn = std::function<Task<>(Stream& stream, std::string early)>;

struct Response {
  int status = 200;
  /// Content-Length, Transfer-Encoding, Connection and Date are the server's. A value with CR, LF or NUL is left out.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string lines = {};      ///< more fields as they are sent, each with its line end; nobody checks them
  std::string_view cors = {};  ///< likewise, of static text: those that let pages of other origins read the answer
  std::string body;
  StreamFn stream = {};      ///< when set, the body is what it writes
  TakeoverFn takeover = {};  ///< when set (with status 101), the connection is its afterwards; it ends with it

  static Response text(int status, std::string body, std::string type = "text/plain; charset=utf-8");
  static Response json(int status, std::string body) { return text(status, std::move(body), "application/json"); }
  Response& header(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

/// Text of a status code, `Not Found`; empty when it has none.
[[nodiscard]] std::string_view reason_phrase(int status);

class Handler {
 public:
  virtual ~Handler() = default;
  /// Answers one request. The request belongs to the connection and lives until the whole answer is sent, also while a
  /// stream runs; its parts may be moved out. An exception becomes a 500.
  virtual Task<Response> handle(Request& request) = 0;
};

}  // namespace dialtone::net
