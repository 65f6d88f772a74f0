#include "net/proxy.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include "base/log.hpp"
#include "net/connection.hpp"
#include "net/text.hpp"

namespace dialtone::net {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using asio::experimental::awaitable_operators::operator&&;
using Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;

constexpr std::size_t kPumpBytes = 16 * 1024;
constexpr std::size_t kUpstreamHeaderBytesMax = 64 * 1024;
constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";

/// Shared with the attempt, which may outlive the wait for it: a name server cannot be hurried.
struct Attempt {
  explicit Attempt(Executor executor) : socket(executor), done(executor) {}
  Socket socket;
  Event done;
  std::string problem;
  bool given_up = false;
};

Task<> try_to_connect(std::shared_ptr<Attempt> attempt, std::string host, std::uint16_t port) {
  Resolver resolver(attempt->socket.get_executor());
  auto [resolve_error, endpoints] =
      co_await resolver.async_resolve(host, std::to_string(port), Resolver::numeric_service, use_result);
  if (resolve_error) {
    attempt->problem = fmt::format("Cannot resolve {}: {}", host, resolve_error.message());
  } else if (!attempt->given_up) {
    const auto [error, endpoint] = co_await asio::async_connect(attempt->socket, endpoints, use_result);
    if (error) attempt->problem = fmt::format("Cannot connect to {} port {}: {}", host, port, error.message());
  }
  attempt->done.set();
}

/// Writes to `upstream`, at most one chunk at a time; framing is the caller's.
Task<bool> write_all(Socket& upstream, std::string_view bytes) {
  const auto [error, n] = co_await asio::async_write(upstream, asio::buffer(bytes.data(), bytes.size()), use_result);
  co_return !error;
}

void append_chunk(std::string& out, std::string_view piece) {
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", piece.size());
  out.append(piece).append("\r\n");
}

}  // namespace

Task<Dialled> dial(Executor executor, std::string host, std::uint16_t port, std::chrono::milliseconds limit) {
  auto attempt = std::make_shared<Attempt>(executor);
  spawn(executor, "net.dial", try_to_connect(attempt, host, port));
  Dialled result;
  if (!co_await attempt->done.wait(limit)) {
    attempt->given_up = true;
    error_code ignored;
    attempt->socket.close(ignored);
    result.problem = fmt::format("Cannot connect to {} port {} in time", host, port);
  } else if (!attempt->problem.empty()) {
    result.problem = std::move(attempt->problem);
  } else {
    result.socket.emplace(std::move(attempt->socket));
    error_code ignored;
    result.socket->set_option(asio::ip::tcp::no_delay(true), ignored);
  }
  co_return result;
}

bool is_hop_by_hop(std::string_view name, std::string_view connection) {
  static constexpr std::array<std::string_view, 9> kNames{
      "Connection", "Proxy-Connection",    "Keep-Alive",        "TE", "Trailer", "Transfer-Encoding",
      "Upgrade",    "Proxy-Authorization", "Proxy-Authenticate"};
  bool found = std::ranges::any_of(kNames, [&](std::string_view known) { return same_text(known, name); });
  for_each_token(connection, [&](std::string_view token) { found = found || same_text(token, name); });
  return found;
}

bool Connection::may_tunnel() {
  switch (hub_->proxy.tunnelling) {
    case Tunnelling::kOff:
      return false;
    case Tunnelling::kEverybody:
      return true;
    case Tunnelling::kLoopbackClients:
      break;
  }
  error_code error;
  const auto peer = stream_.socket().remote_endpoint(error);
  if (error) return false;
  const auto address = peer.address();
  return address.is_loopback() || (address.is_v6() && address.to_v6().is_v4_mapped() &&
                                   asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback());
}

/// Reaches the host of the request. What cannot be reached is answered here, and `upstream` stays empty.
Task<Connection::Next> Connection::reach(std::optional<Socket>& upstream) {
  if (!may_tunnel()) co_return co_await refuse({403, "This server is no proxy to other hosts for you"});
  deadline_ = kNever;
  auto dialled = co_await dial(hub_->executor, request_.host, request_.host_port, hub_->proxy.connect_limit);
  if (broken_) co_return Next::kClose;
  if (!dialled.socket) {
    log::info("net.unreachable", {{"host", request_.host}, {"problem", dialled.problem}});
    co_return co_await refuse({502, dialled.problem});
  }
  // A name that leads back to us would make us talk to ourselves for ever.
  error_code error;
  const auto there = dialled.socket->remote_endpoint(error);
  const auto here = dialled.socket->local_endpoint(error);
  if (!error && there.port() == hub_->port && there.address() == here.address()) {
    co_return co_await refuse({508, "The host of the request is this server"});
  }
  upstream = std::move(dialled.socket);
  co_return Next::kRequest;
}

/// CONNECT: serves the host ourselves if it is one of ours, else joins the client to it.
Task<Connection::Next> Connection::connect() {
  const auto host = request_.host;
  if (hub_->is_self(host, request_.host_port) || hub_->intercepts(host)) {
    if (stream_.tls()) co_return co_await refuse({501, "CONNECT to this host is not served inside of TLS"});
    out_ += kEstablished;
    if (!flush_now() && !co_await flush()) co_return Next::kClose;
    origin_host_ = host;
    origin_port_ = request_.host_port;
    co_return co_await secure() ? Next::kRequest : Next::kClose;
  }
  std::optional<Socket> upstream;
  const auto next = co_await reach(upstream);
  if (!upstream) co_return next;
  out_ += kEstablished;
  if (!flush_now() && !co_await flush()) co_return Next::kClose;
  ++hub_->stats.tunnels;
  tunnelling_ = true;
  touch_tunnel();
  co_await (pump_out(*upstream) && pump_in(*upstream));
  in_begin_ = in_end_ = 0;
  co_return Next::kClose;
}

void Connection::touch_tunnel() { limit(hub_->draining ? std::chrono::seconds(1) : hub_->proxy.idle_limit); }

/// Client to upstream, until the client ends its side; then upstream is told so.
Task<> Connection::pump_out(Socket& upstream) {
  error_code ignored;
  while (true) {
    if (!buffered().empty()) {
      if (!co_await write_all(upstream, buffered())) break;
      in_begin_ = in_end_;
    }
    touch_tunnel();
    if (co_await fill()) continue;
    if (!broken_) {
      upstream.shutdown(asio::socket_base::shutdown_send, ignored);
      co_return;
    }
    break;
  }
  upstream.close(ignored);
  close();
}

/// Upstream to client, the same way.
Task<> Connection::pump_in(Socket& upstream) {
  std::string buffer(kPumpBytes, '\0');
  error_code ignored;
  while (true) {
    touch_tunnel();
    const auto [error, n] = co_await upstream.async_read_some(asio::buffer(buffer), use_result);
    if (error == asio::error::eof && !broken_) {
      if (auto* tls = stream_.tls_layer()) {
        co_await tls->async_shutdown(use_result);
      } else {
        stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
      }
      co_return;
    }
    if (error || broken_) break;
    out_.assign(buffer, 0, n);
    if (!flush_now() && !co_await flush()) break;
  }
  upstream.close(ignored);
  close();
}

/// An absolute-form request for another host: passed on over a connection of its own, bodies streamed both ways.
Task<Connection::Next> Connection::forward() {
  if (reader_.https_target()) {
    co_return co_await refuse({501, "An https target needs CONNECT"});
  }
  if (const auto expect = request_.header("Expect"); !expect.empty() && !same_text(expect, "100-continue")) {
    co_return co_await refuse(rejections::kBadExpectation);
  }
  if (!out_.empty() && !flush_now() && !co_await flush()) co_return Next::kClose;
  std::optional<Socket> upstream;
  const auto next = co_await reach(upstream);
  if (!upstream) co_return next;

  const bool v6 = request_.host.contains(':');
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}{}{}", request_.method, request_.target, v6 ? "[" : "",
                                 request_.host, v6 ? "]" : "");
  if (request_.host_port != 80) fmt::format_to(std::back_inserter(head), ":{}", request_.host_port);
  head += "\r\nConnection: close\r\n";
  const auto connection = request_.header("Connection");
  for (std::size_t i = 0; i < request_.headers.size(); ++i) {
    const auto [name, value] = request_.headers.at(i);
    if (is_hop_by_hop(name, connection) || same_text(name, "Host") || same_text(name, "Content-Length") ||
        same_text(name, "Expect")) {
      continue;
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }
  if (reader_.chunked()) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (const auto size = reader_.content_length()) {
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", *size);
  }
  head += "\r\n";

  bool answered = false;
  co_await (send_request(*upstream, std::move(head)) && relay_response(*upstream, answered));
  if (broken_) co_return Next::kClose;
  if (!answered && out_.empty()) co_return co_await refuse({502, "The host of the request did not answer"});
  if (!out_.empty() && !flush_now() && !co_await flush()) co_return Next::kClose;
  // A request whose body was not read to its end leaves the connection in the middle of it.
  co_return answered&& keep_&& reader_.done() ? Next::kRequest : Next::kLinger;
}

Task<> Connection::send_request(Socket& upstream, std::string head) {
  using Progress = RequestReader::Progress;
  auto progress = Progress::kMore;
  if (!co_await write_all(upstream, head) || !co_await invite_body()) co_return;
  std::string piece;
  while (true) {
    progress = advance();
    piece.clear();
    if (reader_.chunked()) {
      if (!request_.body.empty()) append_chunk(piece, request_.body);
      if (progress == Progress::kDone) piece += "0\r\n\r\n";
    } else {
      piece.swap(request_.body);
    }
    request_.body.clear();
    if (!piece.empty() && !co_await write_all(upstream, piece)) break;
    if (progress == Progress::kDone) co_return;
    limit(hub_->options.body_limit);
    if (progress == Progress::kRejected || !co_await fill()) break;
  }
  // The rest will not come; without it the other side must not answer as if all were well.
  error_code ignored;
  if (broken_ || progress == Progress::kRejected) upstream.close(ignored);
}

Task<> Connection::relay_response(Socket& upstream, bool& answered) {
  boost::beast::flat_buffer buffer(kUpstreamHeaderBytesMax);
  std::optional<http::response_parser<http::buffer_body>> parser;
  do {
    parser.emplace();
    parser->header_limit(kUpstreamHeaderBytesMax);
    parser->body_limit(boost::none);
    if (request_.method == "HEAD") parser->skip(true);
    deadline_ = kNever;
    const auto [error, n] = co_await http::async_read_header(upstream, buffer, *parser, use_result);
    if (error || broken_) co_return;
  } while (parser->get().result_int() < 200);

  auto& message = parser->get();
  Response response{.status = static_cast<int>(message.result_int()), .headers = {}, .body = {}};
  const auto connection = message[http::field::connection];
  for (const auto& field : message) {
    const std::string_view name(field.name_string().data(), field.name_string().size());
    if (is_hop_by_hop(name, {connection.data(), connection.size()})) continue;
    response.header(std::string(name), std::string(field.value().data(), field.value().size()));
  }
  const auto size = parser->content_length();
  const bool chunked = !size && !parser->is_done() && request_.version >= 11;
  if (!size && !chunked && !parser->is_done()) keep_ = false;
  append_head(response, chunked ? BodyKind::kChunked : BodyKind::kUntilClose,
              size ? std::optional(*size) : std::nullopt);
  std::string piece(kPumpBytes, '\0');
  while (true) {
    if (!flush_now() && !co_await flush()) co_return;
    if (parser->is_done()) break;
    message.body().data = piece.data();
    message.body().size = piece.size();
    message.body().more = true;
    limit(hub_->proxy.idle_limit);
    auto [error, n] = co_await http::async_read_some(upstream, buffer, *parser, use_result);
    const std::string_view got(piece.data(), piece.size() - message.body().size);
    if (chunked && !got.empty()) {
      append_chunk(out_, got);
    } else {
      out_ += got;
    }
    if ((error && error != http::error::need_buffer) || broken_) {
      // Cut as we got it: the client must notice.
      if (!out_.empty() && !flush_now()) co_await flush();
      co_return close();
    }
  }
  if (chunked) out_ += "0\r\n\r\n";
  answered = true;
}

}  // namespace dialtone::net
