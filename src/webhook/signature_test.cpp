#include "webhook/signature.hpp"

#include <gtest/gtest.h>

namespace dialtone::webhook {
namespace {

constexpr std::string_view kShort = "12345";
constexpr std::string_view kToken = "1c892n40nd03kdnc0112slzkl3091j20";
constexpr std::string_view kMessage = "SM00000000000000000000000000000001";
constexpr std::string_view kAccount = "AC00000000000000000000000000000001";

FormPairs call_params(std::string_view caller) {
  const std::string number(caller);
  return {{"CallSid", "CA1234567890ABCDE"},
          {"Caller", number},
          {"Digits", "1234"},
          {"From", number},
          {"To", "+18005551212"}};
}

FormPairs incoming_params() {
  const std::string sid(kMessage);
  return {{"ToCountry", "US"},
          {"ToState", "CA"},
          {"SmsMessageSid", sid},
          {"NumMedia", "0"},
          {"ToCity", ""},
          {"FromZip", "94103"},
          {"SmsSid", sid},
          {"FromState", "CA"},
          {"SmsStatus", "received"},
          {"FromCity", "SAN FRANCISCO"},
          {"Body", "Hi & bye ✓ 👍 + 100%"},
          {"FromCountry", "US"},
          {"To", "+15005550006"},
          {"ToZip", ""},
          {"NumSegments", "1"},
          {"MessageSid", sid},
          {"AccountSid", std::string(kAccount)},
          {"From", "+14155551212"},
          {"ApiVersion", "2010-04-01"}};
}

FormPairs status_params() {
  const std::string sid(kMessage);
  return {{"SmsSid", sid},          {"SmsStatus", "delivered"},  {"MessageStatus", "delivered"},
          {"To", "+14155551212"},   {"MessageSid", sid},         {"AccountSid", std::string(kAccount)},
          {"From", "+15005550006"}, {"ApiVersion", "2010-04-01"}};
}

TEST(Signature, MatchesTheTestVectors) {
  struct Case {
    std::string_view name, token, url;
    FormPairs params;
    std::string_view signature;
  };
  const std::string_view b = "https://mycompany.com/myapp.php?foo=1&bar=2";
  for (const auto& c : std::initializer_list<Case>{
           {"A", kShort, "https://example.com/myapp.php?foo=1&bar=2", call_params("+14158675310"),
            "L/OH5YylLD5NRKLltdqwSvS0BnU="},
           {"B", kShort, b, call_params("+14158675309"), "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
           {"B2", kShort, "https://mycompany.com:443/myapp.php?foo=1&bar=2", call_params("+14158675309"),
            "kvajT1Ptam85bY51eRf/AJRuM3w="},
           {"B3", kShort, "http://mycompany.com/myapp.php?foo=1&bar=2", call_params("+14158675309"),
            "OyGYPqTF6ztdbRNCvuQO/oPvqQ4="},
           {"B4", kShort, "http://mycompany.com:80/myapp.php?foo=1&bar=2", call_params("+14158675309"),
            "0ZXoZLH/DfblKGATFgpif+LLRf4="},
           {"B5", kShort, "http://mycompany.com:1234/myapp.php?foo=1&bar=2", call_params("+14158675309"),
            "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="},
           {"C",
            kShort,
            b,
            {{"Sid", "CA123"}, {"SidAccount", "AC123"}, {"Digits", "5678"}, {"Digits", "1234"}, {"Digits", "1234"}},
            "IK+Dwps556ElfBT0I3Rgjkr1wJU="},
           {"V1", kToken, "https://hooks.example.test:8443/sms/in?tenant=a%20b&x=1", incoming_params(),
            "CvrPf7i/PoFWcnRshB0RzFerfaE="},
           {"V1b", kToken, "https://hooks.example.test/sms/in?tenant=a%20b&x=1", incoming_params(),
            "S/ROYLE+W66XHeZNrULWP5IfPj0="},
           {"V2", kToken, "https://hooks.example.test/sms/status", status_params(), "h4N4s1VRP8WpkZFEGCV5/eLgj34="},
           {"V3",
            kToken,
            "http://hooks.example.test/sms/in?Body=Hello+World&From=%2B14155551212&To=%2B15005550006",
            {},
            "gwXxkx4mMHZP2HnEZLG/borfGDs="},
           {"V5", kToken, "https://hooks.example.test/ping", {}, "cpirAuJBwpX1n3RBNuRkql6t1hs="},
           {"V5 with what is not signed",
            kToken,
            "https://me:s%40crt@hooks.example.test/ping#ct=2000",
            {},
            "cpirAuJBwpX1n3RBNuRkql6t1hs="},
       }) {
    EXPECT_EQ(sign(c.token, c.url, c.params), c.signature) << c.name;
    EXPECT_TRUE(verify(c.signature, c.token, c.url, c.params)) << c.name;
    EXPECT_FALSE(verify(c.signature, "other", c.url, c.params)) << c.name;
    EXPECT_FALSE(verify(c.signature.substr(1), c.token, c.url, c.params)) << c.name;
    EXPECT_FALSE(verify("", c.token, c.url, c.params)) << c.name;
  }
}

TEST(Signature, CoversABodyThroughItsHash) {
  struct Case {
    std::string_view token, url, body, hashed_url, signature;
  };
  for (const auto& c : std::initializer_list<Case>{
           {kShort, "https://mycompany.com/myapp.php?foo=1&bar=2", R"({"property": "value", "boolean": true})",
            "https://mycompany.com/"
            "myapp.php?foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620",
            "a9nBmqA0ju/hNViExpshrM61xv4="},
           {kToken, "https://hooks.example.test/events",
            R"({"event":"message.delivered","sid":"SM00000000000000000000000000000001","n":3})",
            "https://hooks.example.test/"
            "events?bodySHA256=809113daea55f3717aac7786be039734403c8421c851cc28fd1165e7e3412d16",
            "ARuXiOEK7xC/W7Pyh+/kpcdB63k="},
       }) {
    EXPECT_EQ(with_body_hash(c.url, c.body), c.hashed_url);
    EXPECT_EQ(sign(c.token, c.hashed_url), c.signature);
    EXPECT_TRUE(verify_body(c.signature, c.token, c.hashed_url, c.body));
    EXPECT_FALSE(verify_body(c.signature, c.token, c.hashed_url, "{}"));
    EXPECT_FALSE(verify_body(c.signature, c.token, c.url, c.body));
  }
  EXPECT_TRUE(with_body_hash("http://a/b?#ct=1", "").starts_with("http://a/b?bodySHA256="));
  EXPECT_TRUE(with_body_hash("http://a/b#ct=1", "").ends_with("#ct=1"));
}

TEST(Signature, SignsTheUrlWithoutUserInfoAndFragment) {
  struct Case {
    std::string_view url, signed_form;
  };
  for (const auto& [url, signed_form] : std::initializer_list<Case>{
           {"https://a:b@h.example:8443/p?q=@#f", "https://h.example:8443/p?q=@"},
           {"https://a@b@h.example", "https://h.example"},
           {"http://h.example?q=a@b", "http://h.example?q=a@b"},
           {"http://h.example/@x#y#z", "http://h.example/@x"},
           {"no url#x", "no url"},
           {"", ""},
       }) {
    EXPECT_EQ(signed_url(url), signed_form);
  }
}

TEST(Base64, PadsAsTheRfcSays) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("user:pass"), "dXNlcjpwYXNz");
}

}  // namespace
}  // namespace dialtone::webhook
