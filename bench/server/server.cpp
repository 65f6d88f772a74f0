// What does our listener cost? The net module with a handler that answers a fixed message, to be compared with
// bench_bare_beast under the same load. `bench_server [PORT]`; prints the port.

#include <cstdio>
#include <cstdlib>

#include "../fixed_answer.hpp"
#include "net/ca.hpp"
#include "net/server.hpp"

namespace {

class FixedAnswer final : public dialtone::net::Handler {
 public:
  dialtone::Task<dialtone::net::Response> handle(dialtone::net::Request&) override {
    co_return dialtone::net::Response::json(201, std::string(dialtone::bench::kMessageJson));
  }
};

}  // namespace

int main(int argc, char** argv) {
  boost::asio::io_context io(1);
  FixedAnswer handler;
  const auto authority = dialtone::net::CertificateAuthority::in_memory();
  if (!authority) return 1;
  dialtone::net::ServerOptions options;
  options.port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0);
  dialtone::net::Server server(io.get_executor(), options, handler, {}, authority->get());
  const auto port = server.listen();
  if (!port) {
    std::fprintf(stderr, "%s\n", port.error().message.c_str());
    return 1;
  }
  std::printf("%u\n", *port);
  std::fflush(stdout);
  io.run();
}
