#include "net/server.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include "base/log.hpp"
#include "net/connection.hpp"

namespace dialtone::net {
namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using boost::system::error_code;

constexpr ErrorRow kCannotListen{20500, 500, "Cannot listen"};
constexpr std::string_view kTooMany =
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
constexpr auto kAcceptPause = std::chrono::milliseconds(50);  ///< when the system has no descriptor left

}  // namespace

struct Server::Impl {
  std::shared_ptr<Hub> hub;
  std::vector<std::shared_ptr<Acceptor>> acceptors;

  Result<std::uint16_t> listen(const std::string& text, std::uint16_t port);
  static Task<> accept(std::shared_ptr<Hub> hub, std::shared_ptr<Acceptor> acceptor);
};

Server::Server(Executor executor, ServerOptions options, Handler& handler, ProxyOptions proxy,
               CertificateSource* certificates)
    : impl_(std::make_shared<Impl>()) {
  impl_->hub = std::make_shared<Hub>(executor, std::move(options), handler, std::move(proxy), certificates);
}

Server::~Server() {
  impl_->hub->stopped = true;
  error_code ignored;
  for (auto& acceptor : impl_->acceptors) acceptor->close(ignored);
  impl_->hub->close_all();
}

Result<std::uint16_t> Server::listen() {
  auto& hub = *impl_->hub;
  const bool both = hub.options.bind == "localhost";
  DT_TRY(hub.port, impl_->listen(both ? "127.0.0.1" : hub.options.bind, hub.options.port));
  if (both) {
    // A machine without IPv6 is no error.
    if (const auto second = impl_->listen("::1", hub.port); !second) {
      log::debug("net.no_ipv6", {{"error", second.error().message}});
    }
  }
  hub.start();
  return hub.port;
}

Result<std::uint16_t> Server::Impl::listen(const std::string& text, std::uint16_t port) {
  error_code error;
  const auto problem = [&] {
    return fail({kCannotListen, fmt::format("Cannot listen at {} port {}: {}", text, port, error.message())});
  };
  const auto address = asio::ip::make_address(text, error);
  if (error) return problem();
  const asio::ip::tcp::endpoint endpoint(address, port);
  auto acceptor = std::make_shared<Acceptor>(hub->executor);
  acceptor->open(endpoint.protocol(), error);
  if (error) return problem();
  acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (address.is_v6() && !address.is_unspecified()) acceptor->set_option(asio::ip::v6_only(true), error);
  acceptor->bind(endpoint, error);
  if (error) return problem();
  acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (error) return problem();
  const auto bound = acceptor->local_endpoint(error).port();
  if (error) return problem();
  acceptors.push_back(acceptor);
  spawn(hub->executor, "net.accept", accept(hub, acceptor));
  return bound;
}

Task<> Server::Impl::accept(std::shared_ptr<Hub> hub, std::shared_ptr<Acceptor> acceptor) {
  while (acceptor->is_open()) {
    auto [error, socket] = co_await acceptor->async_accept(use_result);
    if (!acceptor->is_open()) co_return;
    if (error) {
      if (error == asio::error::connection_aborted) continue;
      log::warn("net.accept_failed", {{"error", error.message()}});
      Timer pause(hub->executor, kAcceptPause);
      co_await pause.async_wait(use_result);
      continue;
    }
    ++hub->stats.accepted;
    if (hub->stats.connections >= hub->options.connections_max) {
      ++hub->stats.refused;
      socket.non_blocking(true, error);
      socket.write_some(asio::buffer(kTooMany), error);
      continue;
    }
    spawn(hub->executor, "net.connection", Connection::run(std::make_shared<Connection>(hub, std::move(socket))));
  }
}

Task<> Server::drain_and_stop(std::chrono::milliseconds grace) {
  const auto impl = impl_;
  const auto hub = impl->hub;
  error_code ignored;
  for (auto& acceptor : impl->acceptors) acceptor->close(ignored);
  hub->drain();
  if (!co_await hub->emptied.wait(grace)) {
    log::warn("net.drain_cut", {{"connections", hub->stats.connections}});
    hub->close_all();
    // What is closed ends at its next step; a handler that never returns is left to the end of the process.
    co_await hub->emptied.wait(std::chrono::seconds(1));
  }
  hub->stopped = true;
}

ServerStats Server::stats() const { return impl_->hub->stats; }

}  // namespace dialtone::net
