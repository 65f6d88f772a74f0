#include "net/ca.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace dialtone::net {
namespace {

namespace fs = std::filesystem;

class AuthorityFolder : public ::testing::Test {
 protected:
  ~AuthorityFolder() override { fs::remove_all(folder_); }
  static int mode(const fs::path& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? static_cast<int>(status.st_mode & 0777) : -1;
  }
  const fs::path folder_ =
      fs::path(::testing::TempDir()) /
      (std::string("dialtone_ca_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(AuthorityFolder, IsMadeOnFirstUseAndLoadedLater) {
  const auto first = CertificateAuthority::open(folder_);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(mode(folder_ / "ca.key"), 0600);
  EXPECT_EQ(mode(folder_ / "ca.pem"), 0644);
  const auto second = CertificateAuthority::open(folder_);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ((*first)->certificate_pem(), (*second)->certificate_pem());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 2);
}

TEST_F(AuthorityFolder, MakesTheCertificateAnewFromItsKey) {
  ASSERT_TRUE(CertificateAuthority::open(folder_));
  fs::remove(folder_ / "ca.pem");
  ASSERT_TRUE(CertificateAuthority::open(folder_));
  EXPECT_TRUE(fs::exists(folder_ / "ca.pem"));
}

TEST_F(AuthorityFolder, RefusesAKeyThatOthersCanRead) {
  ASSERT_TRUE(CertificateAuthority::open(folder_));
  fs::permissions(folder_ / "ca.key", fs::perms::group_read, fs::perm_options::add);
  const auto opened = CertificateAuthority::open(folder_);
  ASSERT_FALSE(opened);
  EXPECT_TRUE(opened.error().message.contains("can be read by others"));
}

TEST_F(AuthorityFolder, RefusesAKeyThatIsNone) {
  ASSERT_TRUE(CertificateAuthority::open(folder_));
  std::ofstream(folder_ / "ca.key") << "nonsense";
  EXPECT_FALSE(CertificateAuthority::open(folder_));
}

TEST_F(AuthorityFolder, RefusesACertificateOfAnotherKey) {
  ASSERT_TRUE(CertificateAuthority::open(folder_));
  std::ofstream(folder_ / "ca.pem") << (*CertificateAuthority::in_memory())->certificate_pem();
  EXPECT_FALSE(CertificateAuthority::open(folder_));
}

TEST_F(AuthorityFolder, WritesABundleThatEndsWithItself) {
  const auto authority = CertificateAuthority::open(folder_);
  ASSERT_TRUE(authority);
  const auto path = folder_ / "bundle.pem";
  for (int i = 0; i < 2; ++i) ASSERT_TRUE((*authority)->write_bundle(path));
  std::ifstream file(path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_TRUE(text.ends_with((*authority)->certificate_pem()));
  EXPECT_EQ(mode(path), 0644);
}

TEST(CertificateAuthority, KeepsABoundedNumberOfContexts) {
  const auto authority = *CertificateAuthority::in_memory();
  SSL_CTX* first = authority->context_for("a.test");
  ASSERT_NE(first, nullptr);
  SSL_CTX* again = authority->context_for("a.test");
  EXPECT_EQ(first, again);
  SSL_CTX_free(again);
  for (int i = 0; i < 300; ++i) SSL_CTX_free(authority->context_for("h" + std::to_string(i) + ".test"));
  EXPECT_LE(authority->contexts_kept(), 256U);
  SSL_CTX_free(first);
}

TEST(CertificateAuthority, NamesTheHostAndLastsLessThanAYear) {
  const auto authority = *CertificateAuthority::in_memory();
  for (const std::string name : {"api.twilio.com", "127.0.0.1", "::1", ""}) {
    SSL_CTX* context = authority->context_for(name);
    ASSERT_NE(context, nullptr) << name;
    X509* leaf = SSL_CTX_get0_certificate(context);
    const bool address = name.contains(':') || name == "127.0.0.1";
    EXPECT_EQ(address ? X509_check_ip_asc(leaf, name.c_str(), 0)
                      : X509_check_host(leaf, name.empty() ? "localhost" : name.c_str(), 0, 0, nullptr),
              1);
    int days = 0;
    int seconds = 0;
    ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(leaf), X509_get0_notAfter(leaf));
    EXPECT_LT(days, 365);
    SSL_CTX_free(context);
  }
  for (const std::string name : {"a,DNS:b", "a b", "*.com", "-a", ".", "x\ny", "a/b"}) {
    EXPECT_EQ(authority->context_for(name), nullptr) << name;
  }
  EXPECT_EQ(authority->context_for(std::string(254, 'a')), nullptr);
}

}  // namespace
}  // namespace dialtone::net
