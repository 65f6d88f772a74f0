#include "connection.hpp"

#include <openssl/err.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace twilio::detail {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Reason = TransportError::Reason;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadSize = 16 * 1024;
constexpr std::size_t kHeadMax = 64 * 1024;
constexpr std::size_t kBodyMax = 256 * 1024 * 1024;

}  // namespace

Connection::Connection(asio::any_io_executor executor, const TransportSettings& settings, asio::ssl::context& tls)
    : settings_(settings), stream_(Socket(executor), tls), timer_(executor), deadline_(std::make_shared<Deadline>()) {
  deadline_->socket = &stream_.next_layer();
}

void Connection::limit(std::chrono::milliseconds time) {
  deadline_->passed = false;
  unsigned number = ++deadline_->number;
  timer_.expires_after(time);
  timer_.async_wait([deadline = deadline_, number](const error_code& error) {
    if (error || number != deadline->number || !deadline->socket) return;
    deadline->passed = true;
    error_code ignored;
    deadline->socket->close(ignored);
  });
}

void Connection::fail(Reason reason, const std::string& what, bool sent) const {
  if (deadline_->passed) throw TransportError(Reason::kTimeout, "no answer from " + route_.host + " in time", sent);
  throw TransportError(reason, what, sent);
}

asio::awaitable<void> Connection::open(const Route& route) {
  route_ = route;
  const std::string& host = route.proxied ? settings_.proxy_host : route.host;
  std::string port = std::to_string(route.proxied ? settings_.proxy_port : route.port);
  // A lookup under way cannot be taken back, so its end wakes a timer that also has a limit.
  struct Lookup {
    explicit Lookup(asio::any_io_executor executor) : resolver(executor), done(executor) {}
    asio::ip::tcp::resolver resolver;
    asio::steady_timer done;
    error_code error = asio::error::timed_out;
    asio::ip::tcp::resolver::results_type found;
  };
  auto lookup = std::make_shared<Lookup>(stream_.get_executor());
  lookup->done.expires_after(settings_.connect_timeout);
  lookup->resolver.async_resolve(host, port,
                                 [lookup](const error_code& error, asio::ip::tcp::resolver::results_type found) {
                                   lookup->error = error;
                                   lookup->found = std::move(found);
                                   lookup->done.cancel();
                                 });
  co_await lookup->done.async_wait(kAwait);
  if (lookup->error)
    throw TransportError(Reason::kConnect, "cannot find " + host + ": " + lookup->error.message(), false);
  limit(settings_.connect_timeout);
  auto [error, endpoint] = co_await asio::async_connect(stream_.next_layer(), lookup->found, kAwait);
  if (error) fail(Reason::kConnect, "cannot connect to " + host + ":" + port + ": " + error.message(), false);
  error_code ignored;
  stream_.next_layer().set_option(asio::ip::tcp::no_delay(true), ignored);
  if (route.proxied && route.tls) co_await tunnel(route);
  if (route.tls) co_await shake_hands(route);
  ++deadline_->number;
}

asio::awaitable<void> Connection::tunnel(const Route& route) {
  std::string authority = route.host + ":" + std::to_string(route.port);
  std::string ask = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  if (!settings_.proxy_authorization.empty()) ask += "Proxy-Authorization: " + settings_.proxy_authorization + "\r\n";
  ask += "\r\n";
  auto [error, size] = co_await asio::async_write(stream_.next_layer(), asio::buffer(ask), kAwait);
  if (error) fail(Reason::kProxy, "the proxy closed the connection: " + error.message(), false);
  http::response_parser<http::string_body> parser;
  parser.header_limit(kHeadMax);
  parser.skip(true);
  boost::beast::flat_buffer buffer;
  // Byte by byte would be safe, but the other side speaks first only after our part of the handshake, so nothing
  // follows the head.
  while (!parser.is_done()) {
    auto [failed, count] = co_await stream_.next_layer().async_read_some(buffer.prepare(1024), kAwait);
    if (failed) fail(Reason::kProxy, "the proxy closed the connection: " + failed.message(), false);
    buffer.commit(count);
    error_code wrong;
    buffer.consume(parser.put(buffer.data(), wrong));
    if (wrong && wrong != http::error::need_more) fail(Reason::kProxy, "the proxy's answer is broken", false);
  }
  int status = parser.get().result_int();
  if (status / 100 != 2)
    fail(Reason::kProxy, "the proxy refuses " + authority + " with status " + std::to_string(status), false);
}

asio::awaitable<void> Connection::shake_hands(const Route& route) {
  error_code literal;
  asio::ip::make_address(route.host, literal);
  if (literal) SSL_set_tlsext_host_name(stream_.native_handle(), route.host.c_str());
  stream_.set_verify_mode(asio::ssl::verify_peer);
  stream_.set_verify_callback(asio::ssl::host_name_verification(route.host));
  auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::client, kAwait);
  if (error) fail(Reason::kTls, "no secure connection to " + route.host + ": " + error.message(), false);
}

bool Connection::fresh() {
  if (!reusable_ || !stream_.next_layer().is_open() || in_.size() > 0) return false;
  char c = 0;
  error_code error;
  stream_.next_layer().non_blocking(true, error);
  stream_.next_layer().receive(asio::buffer(&c, 1), asio::socket_base::message_peek, error);
  // TLS 1.3 sends its tickets when it likes; over TLS only the end of the connection is a bad sign.
  return error == asio::error::would_block || (route_.tls && !error);
}

asio::awaitable<std::size_t> Connection::read_some(asio::mutable_buffer to) {
  auto [error, size] = route_.tls ? co_await stream_.async_read_some(to, kAwait)
                                  : co_await stream_.next_layer().async_read_some(to, kAwait);
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) co_return 0;
  if (error) fail(Reason::kBroken, "the connection broke: " + error.message(), true);
  co_return size;
}

asio::awaitable<void> Connection::write(asio::const_buffer from) {
  error_code error;
  std::size_t size = 0;
  if (route_.tls)
    std::tie(error, size) = co_await asio::async_write(stream_, from, kAwait);
  else
    std::tie(error, size) = co_await asio::async_write(stream_.next_layer(), from, kAwait);
  if (error) fail(Reason::kBroken, "the connection broke: " + error.message(), true);
}

asio::awaitable<Answer> Connection::exchange(const Outgoing& request) {
  reusable_ = false;
  limit(settings_.timeout);
  out_.clear();
  out_ += request.method;
  out_ += ' ';
  if (route_.proxied && !route_.tls) {
    out_ += "http://";
    out_ += route_.host;
    if (route_.port != 80) out_ += ":" + std::to_string(route_.port);
  }
  out_ += request.target;
  out_ += " HTTP/1.1\r\nHost: ";
  out_ += request.host;
  out_ += "\r\n";
  out_ += request.head;
  if (route_.proxied && !route_.tls && !settings_.proxy_authorization.empty())
    out_ += "Proxy-Authorization: " + settings_.proxy_authorization + "\r\n";
  if (request.has_body) out_ += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  out_ += "\r\n";
  out_ += request.body;
  co_await write(asio::buffer(out_));
  std::optional<http::response_parser<http::string_body>> parser;
  for (;;) {
    parser.emplace();
    parser->header_limit(kHeadMax);
    parser->body_limit(kBodyMax);
    parser->eager(true);
    if (request.method == "HEAD") parser->skip(true);
    bool hungry = in_.size() == 0;
    while (!parser->is_done()) {
      error_code error;
      if (hungry) {
        std::size_t count = co_await read_some(in_.prepare(kReadSize));
        in_.commit(count);
        if (count == 0) {
          if (!parser->got_some())
            fail(Reason::kBroken, route_.host + " closed the connection without an answer", true);
          parser->put_eof(error);
          if (error) fail(Reason::kBroken, route_.host + " closed the connection in the middle of its answer", true);
          break;
        }
      }
      in_.consume(parser->put(in_.data(), error));
      hungry = error == http::error::need_more || in_.size() == 0;
      if (error && error != http::error::need_more)
        fail(Reason::kBroken, "the answer is no HTTP: " + error.message(), true);
    }
    if (parser->get().result_int() / 100 != 1) break;  // 100 and 103 come before the answer
  }
  ++deadline_->number;
  Answer answer;
  auto& message = parser->get();
  answer.status = static_cast<int>(message.result_int());
  for (const auto& field : message)
    answer.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  reusable_ = parser->keep_alive();
  answer.body = std::move(message.body());
  co_return answer;
}

}  // namespace twilio::detail
