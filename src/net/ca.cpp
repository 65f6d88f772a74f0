#include "net/ca.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <list>
#include <sstream>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <boost/asio/ip/address.hpp>

#include "base/log.hpp"
#include "net/tls.hpp"

namespace dialtone::net {
namespace {

template <auto Free>
struct Deleter {
  void operator()(auto* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

constexpr ErrorRow kAuthorityFailed{20500, 500, "The local certificate authority cannot be used"};
constexpr std::size_t kContextsMax = 256;
constexpr std::size_t kNameBytesMax = 253;
constexpr long kDaySeconds = 24L * 60 * 60;
constexpr long kAuthorityDays = 3650;
constexpr long kLeafDays = 90;
/// A context is made anew well before its certificate ends, however long the program runs.
constexpr auto kLeafKept = std::chrono::hours(24L * 60);
constexpr const char* kAuthorityName = "Dialtone local CA";
constexpr const char* kSystemRoots = "/etc/ssl/certs/ca-certificates.crt";

auto problem(std::string text) { return fail({kAuthorityFailed, std::move(text)}); }

std::string openssl_error() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  return text.data();
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

/// A certificate with serial, dates, subject and public key; extensions and signature are to come.
Certificate blank(EVP_PKEY* key, const std::string& common_name, long days) {
  Certificate certificate(X509_new());
  std::array<unsigned char, 16> serial{};
  if (!certificate || RAND_bytes(serial.data(), serial.size()) != 1) return nullptr;
  serial[0] &= 0x7f;  // a serial is positive
  BIGNUM* number = BN_bin2bn(serial.data(), serial.size(), nullptr);
  const bool numbered = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  auto* subject = X509_get_subject_name(certificate.get());
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.data());
  // A day back, for clients whose clock is a little behind.
  if (!numbered || !X509_set_version(certificate.get(), X509_VERSION_3) ||
      !X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDaySeconds) ||
      !X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * kDaySeconds) ||
      !X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, static_cast<int>(common_name.size()), -1, 0) ||
      !X509_set_pubkey(certificate.get(), key)) {
    return nullptr;
  }
  return certificate;
}

Key make_key() { return Key(EVP_EC_gen("P-256")); }

Certificate make_authority(EVP_PKEY* key) {
  auto certificate = blank(key, kAuthorityName, kAuthorityDays);
  if (!certificate) return nullptr;
  auto* raw = certificate.get();
  X509_set_issuer_name(raw, X509_get_subject_name(raw));
  if (!add_extension(raw, raw, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !add_extension(raw, raw, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !add_extension(raw, raw, NID_subject_key_identifier, "hash") || !X509_sign(raw, key, EVP_sha256())) {
    return nullptr;
  }
  return certificate;
}

/// A DNS name as it may stand in a certificate; the check also keeps it out of the extension's own syntax.
bool is_dns_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && name.front() != '.' && name.front() != '-' &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
         });
}

/// The subjectAltName for a host; empty for a name that gets no certificate.
std::string alternative_name(const std::string& name) {
  if (name.empty() || name == "localhost") return "DNS:localhost,IP:127.0.0.1,IP:::1";
  boost::system::error_code error;
  const auto address = asio::ip::make_address(name, error);
  if (!error) return "IP:" + address.to_string();
  return is_dns_name(name) ? "DNS:" + name : std::string();
}

Certificate make_leaf(EVP_PKEY* key, X509* authority, EVP_PKEY* authority_key, const std::string& name) {
  const auto alternative = alternative_name(name);
  if (alternative.empty()) return nullptr;
  // A common name has at most 64 characters; the alternative name is what counts.
  auto certificate = blank(key, name.empty() || name.size() > 64 ? "localhost" : name, kLeafDays);
  if (!certificate) return nullptr;
  auto* raw = certificate.get();
  X509_set_issuer_name(raw, X509_get_subject_name(authority));
  if (!add_extension(raw, authority, NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(raw, authority, NID_key_usage, "critical,digitalSignature") ||
      !add_extension(raw, authority, NID_ext_key_usage, "serverAuth") ||
      !add_extension(raw, authority, NID_subject_alt_name, alternative) ||
      !add_extension(raw, authority, NID_authority_key_identifier, "keyid") ||
      !X509_sign(raw, authority_key, EVP_sha256())) {
    return nullptr;
  }
  return certificate;
}

std::string to_pem(X509* certificate) {
  const Bio memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(memory.get(), certificate);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string to_pem(EVP_PKEY* key) {
  const Bio memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

/// Writes a file that must not exist yet, with its final mode from the first moment.
Result<> create(const std::filesystem::path& path, std::string_view text, mode_t mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  if (file < 0) return problem(fmt::format("Cannot create {}: {}", path.string(), std::strerror(errno)));
  std::size_t written = 0;
  while (written < text.size()) {
    const auto n = ::write(file, text.data() + written, text.size() - written);
    if (n <= 0) break;
    written += static_cast<std::size_t>(n);
  }
  const bool whole = written == text.size() && ::fchmod(file, mode) == 0 && ::fsync(file) == 0;
  ::close(file);
  if (whole) return {};
  ::unlink(path.c_str());
  return problem(fmt::format("Cannot write {}", path.string()));
}

enum class Existing { kReplaced, kKept };

/// Gives `path` its text as a whole: a reader, and the next start after a kill, sees the old file or the new one.
Result<> put_file(const std::filesystem::path& path, std::string_view text, mode_t mode, Existing existing) {
  auto temporary = path;
  temporary += fmt::format(".{}.tmp", ::getpid());
  ::unlink(temporary.c_str());
  DT_CHECK(create(temporary, text, mode));
  const bool keep = existing == Existing::kKept;
  const int result = keep ? ::link(temporary.c_str(), path.c_str()) : ::rename(temporary.c_str(), path.c_str());
  const int why = errno;
  ::unlink(temporary.c_str());
  if (result != 0 && !(keep && why == EEXIST)) {
    return problem(fmt::format("Cannot write {}: {}", path.string(), std::strerror(why)));
  }
  return {};
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace

struct CertificateAuthority::Impl {
  struct Entry {
    std::string name;
    Context context;
    std::chrono::steady_clock::time_point made;
  };

  Key key;
  Certificate certificate;
  Key leaf_key = make_key();
  std::string pem;
  std::list<Entry> recent;  ///< the most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_name;

  Context make_context(const std::string& name) const;
};

CertificateAuthority::CertificateAuthority(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  impl_->pem = to_pem(impl_->certificate.get());
}

CertificateAuthority::~CertificateAuthority() = default;

Result<std::unique_ptr<CertificateAuthority>> CertificateAuthority::in_memory() {
  auto impl = std::make_unique<Impl>();
  impl->key = make_key();
  if (impl->key) impl->certificate = make_authority(impl->key.get());
  if (!impl->certificate || !impl->leaf_key) return problem("Cannot make a certificate authority: " + openssl_error());
  return std::unique_ptr<CertificateAuthority>(new CertificateAuthority(std::move(impl)));
}

Result<std::unique_ptr<CertificateAuthority>> CertificateAuthority::open(const std::filesystem::path& folder) {
  const auto key_path = folder / "ca.key";
  const auto certificate_path = folder / "ca.pem";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!std::filesystem::exists(key_path, error)) {
    const auto key = make_key();
    if (!key) return problem("Cannot make a key: " + openssl_error());
    // Should another start be faster, its key is kept and used.
    DT_CHECK(put_file(key_path, to_pem(key.get()), 0600, Existing::kKept));
  }

  const int file = ::open(key_path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  struct stat status{};
  if (file < 0 || ::fstat(file, &status) != 0) {
    if (file >= 0) ::close(file);
    return problem(fmt::format("Cannot open {}: {}", key_path.string(), std::strerror(errno)));
  }
  const Bio key_bio(BIO_new_fd(file, BIO_CLOSE));
  if (!S_ISREG(status.st_mode) || (status.st_mode & 077) != 0) {
    return problem(fmt::format("{} can be read by others; run: chmod 600 {}", key_path.string(), key_path.string()));
  }
  auto impl = std::make_unique<Impl>();
  impl->key.reset(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  if (!impl->key || !impl->leaf_key) return problem(fmt::format("{} holds no key", key_path.string()));
  if (const Bio bio(BIO_new_file(certificate_path.c_str(), "r")); bio) {
    impl->certificate.reset(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!impl->certificate || X509_check_private_key(impl->certificate.get(), impl->key.get()) != 1) {
      return problem(fmt::format("{} does not belong to {}; remove both to have new ones made",
                                 certificate_path.string(), key_path.string()));
    }
    if (X509_cmp_current_time(X509_get0_notAfter(impl->certificate.get())) < 0) impl->certificate.reset();
  }
  ERR_clear_error();
  if (!impl->certificate) {
    impl->certificate = make_authority(impl->key.get());
    if (!impl->certificate) return problem("Cannot make a certificate: " + openssl_error());
    DT_CHECK(put_file(certificate_path, to_pem(impl->certificate.get()), 0644, Existing::kReplaced));
  }
  return std::unique_ptr<CertificateAuthority>(new CertificateAuthority(std::move(impl)));
}

const std::string& CertificateAuthority::certificate_pem() const { return impl_->pem; }

Result<> CertificateAuthority::write_bundle(const std::filesystem::path& path) const {
  std::string text = read_file(kSystemRoots);
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return put_file(path, text + impl_->pem, 0644, Existing::kReplaced);
}

Context CertificateAuthority::Impl::make_context(const std::string& name) const {
  const auto leaf = make_leaf(leaf_key.get(), certificate.get(), key.get(), name);
  if (!leaf) return nullptr;
  Context context(SSL_CTX_new(TLS_server_method()));
  if (!context) return nullptr;
  prepare_server_context(context.get());
  if (SSL_CTX_use_certificate(context.get(), leaf.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), leaf_key.get()) != 1) {
    return nullptr;
  }
  return context;
}

SSL_CTX* CertificateAuthority::context_for(std::string_view name) {
  auto& recent = impl_->recent;
  auto& by_name = impl_->by_name;
  const auto now = std::chrono::steady_clock::now();
  const auto found = by_name.find(name);
  if (found != by_name.end() && now - found->second->made < kLeafKept) {
    recent.splice(recent.begin(), recent, found->second);
  } else {
    if (found != by_name.end()) {
      const auto entry = found->second;
      by_name.erase(found);
      recent.erase(entry);
    }
    auto context = impl_->make_context(std::string(name));
    if (!context) {
      ERR_clear_error();
      log::debug("net.no_certificate", {{"name_bytes", name.size()}});
      return nullptr;
    }
    if (recent.size() >= kContextsMax) {
      by_name.erase(recent.back().name);
      recent.pop_back();
    }
    recent.push_front({.name = std::string(name), .context = std::move(context), .made = now});
    by_name.emplace(recent.front().name, recent.begin());
  }
  SSL_CTX* context = recent.front().context.get();
  SSL_CTX_up_ref(context);
  return context;
}

std::size_t CertificateAuthority::contexts_kept() const { return impl_->recent.size(); }

}  // namespace dialtone::net
