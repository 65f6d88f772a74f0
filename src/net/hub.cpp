#include "net/hub.hpp"

#include <ctime>

#include <boost/asio/ip/address.hpp>

#include "net/connection.hpp"
#include "net/text.hpp"
#include "net/tls.hpp"

namespace dialtone::net {
namespace {

/// Where a handshake keeps the name to use when the client sends none. Index 0 is Asio's.
int fallback_name_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

int choose_certificate(SSL* ssl, int*, void* argument) {
  auto* source = static_cast<CertificateSource*>(argument);
  std::string name;
  if (const char* sent = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)) {
    name = sent;
    for (char& c : name) c = lower(c);
  } else if (const auto* fallback = static_cast<const std::string*>(SSL_get_ex_data(ssl, fallback_name_index()))) {
    name = *fallback;
  }
  SSL_CTX* context = source->context_for(name);
  if (context == nullptr) return SSL_TLSEXT_ERR_ALERT_FATAL;
  SSL_set_SSL_CTX(ssl, context);
  SSL_CTX_free(context);
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void set_fallback_name(SSL* ssl, const std::string& name) {
  // OpenSSL keeps the pointer and writes nothing through it.
  SSL_set_ex_data(ssl, fallback_name_index(), const_cast<std::string*>(&name));
}

Hub::Hub(Executor executor_in, ServerOptions options_in, Handler& handler_in, ProxyOptions proxy_in,
         CertificateSource* certificates_in)
    : executor(executor_in),
      options(std::move(options_in)),
      proxy(std::move(proxy_in)),
      handler(handler_in),
      certificates(certificates_in),
      emptied(executor_in),
      tls_(asio::ssl::context::tls_server),
      timer_(executor_in) {
  prepare_server_context(tls_.native_handle());
  SSL_CTX_set_tlsext_servername_callback(tls_.native_handle(), choose_certificate);
  SSL_CTX_set_tlsext_servername_arg(tls_.native_handle(), certificates);
  render_date();
}

void Hub::add(Connection& connection) {
  connections_.push_back(connection);
  ++stats.connections;
}

void Hub::removed() {
  --stats.connections;
  if (draining && stats.connections == 0) emptied.set();
}

void Hub::start() { arm(); }

void Hub::drain() {
  draining = true;
  if (stats.connections == 0) emptied.set();
  for (auto& connection : connections_) connection.drain();
}

void Hub::close_all() {
  for (auto& connection : connections_) connection.close();
}

std::uint64_t Hub::deadline(std::chrono::milliseconds limit) const {
  // One more, since the current tick has begun already.
  return tick_ + static_cast<std::uint64_t>((limit + options.tick - std::chrono::milliseconds(1)) / options.tick) + 1;
}

bool Hub::is_self(std::string_view host, std::uint16_t host_port) const {
  if (host_port != port) return false;
  if (host == options.bind || host == "localhost" || host.ends_with(".localhost")) return true;
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  return !error && (address.is_loopback() || address.is_unspecified());
}

void Hub::arm() {
  timer_.expires_after(options.tick);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto hub = weak.lock();
    if (error || !hub || hub->stopped) return;
    hub->on_tick();
    hub->arm();
  });
}

void Hub::on_tick() {
  ++tick_;
  render_date();
  // Closing a socket ends its coroutine later, so the list does not change under us.
  for (auto& connection : connections_) connection.on_tick(tick_);
}

void Hub::render_date() {
  const std::time_t now = std::time(nullptr);
  if (now == date_second_) return;
  date_second_ = now;
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&now, &utc);
  date_ = fmt::format("Date: {}, {:02} {} {} {:02}:{:02}:{:02} GMT\r\n", kDays[static_cast<std::size_t>(utc.tm_wday)],
                      utc.tm_mday, kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                      utc.tm_min, utc.tm_sec);
}

}  // namespace dialtone::net
