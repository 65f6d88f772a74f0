#pragma once
// The local certificate authority behind the transparent proxy. It is made on first use, kept in two files that only
// their owner may use, and trusted only by programs that are started with our bundle: it is never installed
// system-wide.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "net/server.hpp"

namespace dialtone::net {

class CertificateAuthority final : public CertificateSource {
 public:
  /// Loads ca.pem (0644) and ca.key (0600) from `folder`, or makes both. Refuses a key that others can read.
  static Result<std::unique_ptr<CertificateAuthority>> open(const std::filesystem::path& folder);
  /// Kept nowhere: for tests and --memory.
  static Result<std::unique_ptr<CertificateAuthority>> in_memory();
  ~CertificateAuthority() override;

  /// The CA certificate, PEM.
  [[nodiscard]] const std::string& certificate_pem() const;
  /// Writes the system's roots (where there are any) and our CA into one PEM file for SSL_CERT_FILE and its like.
  Result<> write_bundle(const std::filesystem::path& path) const;

  /// A context with a leaf certificate for `name` (a DNS name or an IP address; empty: localhost). Contexts are kept,
  /// the least recently used goes first.
  SSL_CTX* context_for(std::string_view name) override;
  [[nodiscard]] std::size_t contexts_kept() const;

 private:
  struct Impl;
  explicit CertificateAuthority(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dialtone::net
