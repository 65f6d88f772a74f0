#include "webhook/connection.hpp"

#include <sys/socket.h>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>

#include "base/log.hpp"

namespace dialtone::webhook {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kTuple = asio::as_tuple(use_task);

SteadyTime now() { return std::chrono::steady_clock::now(); }

Duration since(SteadyTime start) { return std::chrono::duration_cast<Duration>(now() - start); }

bool is_local_name(std::string_view host) { return host == "localhost" || host.ends_with(".localhost"); }

Error connect_error(const error_code& error) {
  if (error == asio::error::connection_refused) return errors::kConnectRefused;
  if (error == asio::error::timed_out) return errors::kConnectTimeout;
  return {errors::kConnection, fmt::format("{}: {}", errors::kConnection.message, error.message())};
}

Error tls_error(TlsStream& stream, const error_code& error) {
  const long verdict = SSL_get_verify_result(stream.native_handle());
  const auto with_reason = [verdict](const ErrorRow& row) {
    return Error(row, fmt::format("{}: {}", row.message, X509_verify_cert_error_string(verdict)));
  };
  switch (verdict) {
    case X509_V_OK:
      return {errors::kTls, fmt::format("{}: {}", errors::kTls.message, error.message())};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return with_reason(errors::kTlsName);
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return with_reason(errors::kTlsExpired);
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
      return with_reason(errors::kTlsUntrusted);
    default:
      return with_reason(errors::kTls);
  }
}

/// A name under way to its addresses. The resolver's thread cannot be interrupted, so the waiting one leaves it behind.
struct Lookup {
  explicit Lookup(Executor executor) : resolver(executor), timer(executor) {}
  asio::ip::basic_resolver<tcp, Executor> resolver;
  Timer timer;
  bool done = false;
  error_code error;
  std::vector<tcp::endpoint> endpoints;
};

}  // namespace

void Connection::expire_at(SteadyTime deadline) {
  deadline_ = deadline;
  if (wakes_at_ > deadline) wake_at(deadline);
}

void Connection::wake_at(SteadyTime time) {
  wakes_at_ = time;
  timer_.expires_at(time);
  timer_.async_wait([weak = weak_from_this()](const error_code& error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->wakes_at_ = SteadyTime::max();
    if (now() >= self->deadline_) {
      self->expired_ = true;
      self->close();
    } else if (self->deadline_ != SteadyTime::max()) {
      self->wake_at(self->deadline_);
    }
  });
}

void Connection::close() {
  error_code ignored;
  socket_.close(ignored);
}

bool Connection::is_quiet() {
  if (!socket_.is_open()) return false;
  char byte;
  const auto received = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

Task<std::optional<tcp::endpoint>> Connector::known(const Url& url) {
  co_return options_.resolve_override(url.host, url.port);
}

Task<Result<Connector::Endpoints>> Connector::resolve(const Url& url, SteadyTime deadline) {
  if (options_.resolve_override) {
    if (const auto endpoint = co_await asio::co_spawn(home_, known(url), use_task)) co_return Endpoints{*endpoint};
  }
  error_code not_literal;
  if (const auto address = asio::ip::make_address(url.host, not_literal); !not_literal) {
    co_return Endpoints{{address, url.port}};
  }
  if (is_local_name(url.host)) {  // servers differ in which of the two they listen on
    co_return Endpoints{{asio::ip::address_v4::loopback(), url.port}, {asio::ip::address_v6::loopback(), url.port}};
  }

  const auto lookup = std::make_shared<Lookup>(executor_);
  lookup->timer.expires_at(deadline);
  lookup->resolver.async_resolve(url.host, std::to_string(url.port), [lookup](const error_code& error, auto results) {
    lookup->done = true;
    lookup->error = error;
    for (const auto& result : results) lookup->endpoints.push_back(result.endpoint());
    lookup->timer.cancel();
  });
  while (!lookup->done && now() < deadline) co_await lookup->timer.async_wait(kTuple);
  if (!lookup->done) co_return fail(errors::kTotalTimeout);
  if (lookup->error || lookup->endpoints.empty()) {
    co_return fail({errors::kDns, fmt::format("{}: {}", errors::kDns.message, url.host)});
  }
  co_return std::move(lookup->endpoints);
}

Task<Result<ConnectionPtr>> Connector::connect(const Url& url, Certificates certificates, SteadyTime deadline,
                                               Timing& timing) {
  SteadyTime start = now();
  DT_CO_TRY(const Endpoints endpoints, co_await resolve(url, deadline));
  timing.dns = since(start);

  start = now();
  const SteadyTime connect_by = start + url.options.connect_timeout;
  const ErrorRow& timed_out = deadline <= connect_by ? errors::kTotalTimeout : errors::kConnectTimeout;
  const auto connection = std::make_shared<Connection>(executor_);
  connection->expire_at(std::min(connect_by, deadline));
  error_code error = asio::error::host_unreachable;
  for (const auto& endpoint : endpoints) {
    connection->close();
    const auto [failed] = co_await connection->socket().async_connect(endpoint, kTuple);
    error = failed;
    if (!error || connection->expired()) break;
  }
  timing.connect = since(start);
  if (connection->expired()) co_return fail(timed_out);
  if (error) co_return fail(connect_error(error));
  error_code ignored;
  connection->socket().set_option(tcp::no_delay(true), ignored);

  if (url.is_tls()) {
    start = now();
    auto shaken = co_await shake_hands(*connection, url, certificates);
    timing.tls = since(start);
    if (connection->expired()) co_return fail(timed_out);
    if (!shaken) co_return fail(std::move(shaken).error());
  }
  co_return connection;
}

Task<Result<void>> Connector::shake_hands(Connection& connection, const Url& url, Certificates certificates) {
  TlsStream& stream = connection.start_tls(tls_context());
  SSL* ssl = stream.native_handle();
  if (certificates == Certificates::kAccept) SSL_set_verify(ssl, SSL_VERIFY_NONE, nullptr);
  error_code not_literal;
  (void)asio::ip::make_address(url.host, not_literal);
  if (url.options.verify_name) {
    if (!not_literal) {
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), url.host.c_str());
    } else {
      SSL_set_tlsext_host_name(ssl, url.host.c_str());
      SSL_set1_host(ssl, url.host.c_str());
    }
  }
  const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::client, kTuple);
  if (error) co_return fail(tls_error(stream, error));
  co_return Result<void>();
}

asio::ssl::context& Connector::tls_context() {
  if (tls_context_) return *tls_context_;
  tls_context_ = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls_context_->native_handle(), TLS1_2_VERSION);
  error_code error;
  tls_context_->set_default_verify_paths(error);
  if (error) log::warn("webhook.no_system_roots", {{"error", error.message()}});
  if (!options_.extra_ca_pem.empty()) {
    tls_context_->add_certificate_authority(asio::buffer(options_.extra_ca_pem), error);
    if (error) log::warn("webhook.bad_extra_roots", {{"error", error.message()}});
  }
  tls_context_->set_verify_mode(asio::ssl::verify_peer);
  return *tls_context_;
}

}  // namespace dialtone::webhook
