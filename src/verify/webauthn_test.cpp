#include "verify/webauthn.hpp"

#include <gtest/gtest.h>

#include "verify/cbor.hpp"
#include "verify/signature.hpp"

namespace dialtone::verify {
namespace {

using namespace std::string_view_literals;

TEST(Cbor, ItemsAreReadOneAfterTheOther) {
  std::string_view bytes =
      "\xa3\x01\x02\x03\x26\x63"
      "fmt\x82\x41\xff\x19\x01\x00"
      "\x38\x64"sv;
  const auto map = cbor::take(bytes);
  ASSERT_TRUE(map);
  EXPECT_EQ(map->find(1)->integer, 2);
  EXPECT_EQ(map->find(3)->integer, -7);
  ASSERT_TRUE(map->find("fmt"));
  EXPECT_EQ(map->find("fmt")->items.at(0).bytes, "\xff");
  EXPECT_EQ(map->find("fmt")->items.at(1).integer, 256);
  EXPECT_EQ(map->find("none"), nullptr);
  EXPECT_EQ(cbor::take(bytes)->integer, -101);
  EXPECT_TRUE(bytes.empty());
}

TEST(Cbor, WhatIsDamagedOrBoundlessIsRefused) {
  const std::string deep(100, '\x81');
  const std::string tags(1000, '\xc1');
  for (const std::string_view bad :
       {""sv, "\x41"sv, "\x19\x01"sv, "\xa1\x01"sv, "\x5f\x41\x00\xff"sv, "\x9b\xff\xff\xff\xff\xff\xff\xff\xff"sv,
        "\x1b\xff\xff\xff\xff\xff\xff\xff\xff"sv, std::string_view(deep), std::string_view(tags)}) {
    std::string_view rest = bad;
    EXPECT_FALSE(cbor::take(rest)) << bad.size();
  }
}

TEST(WebAuthn, AnOriginBelongsToItsHostAndThoseAbove) {
  using webauthn::is_origin_of;
  EXPECT_TRUE(is_origin_of("https://example.com", "example.com"));
  EXPECT_TRUE(is_origin_of("https://login.example.com:8443", "example.com"));
  EXPECT_TRUE(is_origin_of("http://localhost:3000", "localhost"));
  EXPECT_FALSE(is_origin_of("https://badexample.com", "example.com"));
  EXPECT_FALSE(is_origin_of("http://example.com", "example.com"));
  EXPECT_FALSE(is_origin_of("https://example.com", "login.example.com"));
  EXPECT_FALSE(is_origin_of("example.com", "example.com"));
  EXPECT_FALSE(is_origin_of("https://example.com", ""));
}

TEST(WebAuthn, ClientDataIsJsonWithAChallenge) {
  const std::string good =
      base64url_encode(R"({"type":"webauthn.get","challenge":"WUM","origin":"https://example.com"})");
  const auto read = webauthn::read_client_data(good);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->challenge, "YC");
  EXPECT_EQ(read->origin, "https://example.com");
  for (const std::string_view bad : {"", "!", "e30", "W10", "eyJjaGFsbGVuZ2UiOiIifQ"})
    EXPECT_FALSE(webauthn::read_client_data(bad)) << bad;
}

TEST(WebAuthn, AuthenticatorDataIsReadToItsEnd) {
  std::string bytes(32, 'h');
  bytes += '\x05';
  bytes += std::string("\0\0\1\2", 4);
  const auto plain = webauthn::read_authenticator_data(base64url_encode(bytes));
  ASSERT_TRUE(plain);
  EXPECT_TRUE(plain->user_present && plain->user_verified && !plain->credential);
  EXPECT_EQ(plain->counter, 258u);
  bytes[32] = '\x45';
  for (const std::string_view more : {""sv, "0123456789abcdef\0\x02"sv, "0123456789abcdef\0\x02id"sv,
                                      "0123456789abcdef\0\0\xa0"sv, "0123456789abcdef\0\x02id\x01"sv})
    EXPECT_FALSE(webauthn::read_authenticator_data(base64url_encode(bytes + std::string(more))));
  const auto odd =
      webauthn::read_authenticator_data(base64url_encode(bytes + std::string("0123456789abcdef\0\x02id\xa0", 21)));
  ASSERT_TRUE(odd && odd->credential);
  EXPECT_EQ(odd->credential->id, "id");
  EXPECT_EQ(odd->credential->key_der, "");
  EXPECT_FALSE(webauthn::read_authenticator_data("AAAA"));
}

}  // namespace
}  // namespace dialtone::verify
