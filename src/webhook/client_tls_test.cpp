#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ssl/context.hpp>

#include "webhook/client.hpp"
#include "webhook/test_server.hpp"

namespace dialtone::webhook {
namespace {

using test::ok;
using test::Server;

template <auto Free>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

std::string pem_of(auto write) {
  const std::unique_ptr<BIO, FreeWith<BIO_free_all>> out(BIO_new(BIO_s_mem()));
  write(out.get());
  const char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

struct Identity {
  std::string certificate;
  std::string key;
};

/// A self-signed certificate for `name`, as in `DNS:localhost`.
Identity make_identity(const char* name, std::chrono::seconds valid_for) {
  const std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, FreeWith<X509_free>> certificate(X509_new());
  X509* x = certificate.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -86400);
  X509_gmtime_adj(X509_getm_notAfter(x), static_cast<long>(valid_for.count()));
  X509_set_pubkey(x, key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(x));
  const std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>> names(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name));
  X509_add_ext(x, names.get(), -1);
  X509_sign(x, key.get(), EVP_sha256());
  return {pem_of([&](BIO* out) { PEM_write_bio_X509(out, x); }),
          pem_of([&](BIO* out) { PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); })};
}

class TlsTest : public ::testing::Test {
 protected:
  struct Outcome {
    int code;
    std::size_t connections;
  };

  /// Sends two requests to a server with that certificate; the outcome is the second's.
  Outcome ask(const Identity& identity, ClientOptions options, std::string_view fragment = "",
              std::string_view host = "127.0.0.1") {
    asio::ssl::context context(asio::ssl::context::tls_server);
    context.use_certificate(asio::buffer(identity.certificate), asio::ssl::context::pem);
    context.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem);
    asio::io_context io(1);
    Clock clock(io.get_executor());
    Server server(io.get_executor(), [](const auto&) { return ok("<Response/>"); }, &context);
    Client client(io.get_executor(), clock, std::move(options));
    std::optional<Exchange> out;
    for (int i = 0; i < 2; ++i) {
      out.reset();
      asio::co_spawn(io, client.send({.url = fmt::format("https://{}:{}/#{}", host, server.port(), fragment)}),
                     [&](const std::exception_ptr&, Exchange done) { out = std::move(done); });
      while (!out && io.run_one() > 0) {
      }
    }
    return {out->error ? out->error->code : 0, server.connections()};
  }
};

TEST_F(TlsTest, TrustsTheExtraRootsAndKeepsConnections) {
  const auto identity = make_identity("IP:127.0.0.1,DNS:localhost", std::chrono::hours(1));
  const auto out = ask(identity, {.extra_ca_pem = identity.certificate});
  EXPECT_EQ(out.code, 0);
  EXPECT_EQ(out.connections, 1U);
  EXPECT_EQ(ask(identity, {.extra_ca_pem = identity.certificate}, "", "localhost").code, 0);
}

TEST_F(TlsTest, TellsWhyACertificateIsRefused) {
  const auto unknown = make_identity("IP:127.0.0.1", std::chrono::hours(1));
  EXPECT_EQ(ask(unknown, {}).code, 11237);
  EXPECT_EQ(ask(unknown, {.certificates = Certificates::kAccept}).code, 0);

  const auto expired = make_identity("IP:127.0.0.1", std::chrono::hours(-1));
  EXPECT_EQ(ask(expired, {.extra_ca_pem = expired.certificate}).code, 11236);

  const auto other = make_identity("DNS:other.example", std::chrono::hours(1));
  EXPECT_EQ(ask(other, {.extra_ca_pem = other.certificate}).code, 11235);
  EXPECT_EQ(ask(other, {.extra_ca_pem = other.certificate}, "", "localhost").code, 11235);
  EXPECT_EQ(ask(other, {.extra_ca_pem = other.certificate}, "sni=n").code, 0);
}

TEST_F(TlsTest, APlainServerFailsTheHandshake) {
  asio::io_context io(1);
  Clock clock(io.get_executor());
  asio::ip::tcp::acceptor plain(io, {asio::ip::address_v4::loopback(), 0});
  plain.async_accept(
      [](const auto&, asio::ip::tcp::socket socket) { asio::write(socket, asio::buffer("220 hello\r\n", 11)); });
  Client client(io.get_executor(), clock);
  std::optional<Exchange> out;
  asio::co_spawn(io, client.send({.url = fmt::format("https://127.0.0.1:{}/", plain.local_endpoint().port())}),
                 [&](const std::exception_ptr&, Exchange done) { out = std::move(done); });
  while (!out && io.run_one() > 0) {
  }
  EXPECT_EQ(out->error->code, 11220) << out->error->message;
}

}  // namespace
}  // namespace dialtone::webhook
