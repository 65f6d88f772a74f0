#include "webhook/challenge.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "webhook/signature.hpp"

namespace dialtone::webhook {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

bool is_token_char(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
  }
  void skip_commas() {
    for (skip_blanks(); !rest_.empty() && rest_.front() == ','; skip_blanks()) rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view token() {
    const auto* const end = std::ranges::find_if_not(rest_, is_token_char);
    const std::string_view out = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(out.size());
    return out;
  }
  /// After the opening quote.
  std::optional<std::string> quoted() {
    std::string out;
    while (!rest_.empty()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return out;
      if (c == '\\' && !rest_.empty()) {
        c = rest_.front();
        rest_.remove_prefix(1);
      }
      out += c;
    }
    return {};
  }
  /// `name = value`; when the text is none, nothing is taken.
  std::optional<std::pair<std::string, std::string>> parameter() {
    const std::string_view before = rest_;
    const std::string_view name = token();
    skip_blanks();
    if (name.empty() || !take('=')) {
      rest_ = before;
      return {};
    }
    skip_blanks();
    if (!take('"')) return std::pair(to_lower(name), std::string(token()));
    auto value = quoted();
    if (!value) return {};
    return std::pair(to_lower(name), std::move(*value));
  }

 private:
  std::string_view rest_;
};

std::string hex_digest(const EVP_MD* algorithm, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, algorithm, nullptr) != 1) {
    throw std::runtime_error("digest failed");
  }
  std::string out;
  for (unsigned i = 0; i < size; ++i) fmt::format_to(std::back_inserter(out), "{:02x}", digest[i]);
  return out;
}

/// A quoted-string's inside; a header holds no line ends, so those are left out.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c != '\r' && c != '\n' && c != '\0') out += c;
  }
  return out;
}

bool offers_auth(std::string_view qop) {
  while (!qop.empty()) {
    const std::size_t end = std::min(qop.find(','), qop.size());
    std::string_view each = qop.substr(0, end);
    while (each.starts_with(' ')) each.remove_prefix(1);
    while (each.ends_with(' ')) each.remove_suffix(1);
    if (to_lower(each) == "auth") return true;
    qop.remove_prefix(std::min(end + 1, qop.size()));
  }
  return false;
}

std::optional<std::string> digest_answer(const Challenge& challenge, const Credentials& credentials,
                                         const ChallengedRequest& request) {
  std::string algorithm = to_lower(challenge.parameter("algorithm"));
  const bool session = algorithm.ends_with("-sess");
  if (session) algorithm.resize(algorithm.size() - 5);
  if (algorithm.empty()) algorithm = "md5";
  if (algorithm != "md5" && algorithm != "sha-256") return {};
  const EVP_MD* md = algorithm == "md5" ? EVP_md5() : EVP_sha256();

  const std::string_view qop = challenge.parameter("qop");
  const std::string_view realm = challenge.parameter("realm");
  const std::string_view nonce = challenge.parameter("nonce");
  if (nonce.empty() || (!qop.empty() && !offers_auth(qop))) return {};  // auth-int alone is not known here
  constexpr std::string_view kCount = "00000001";

  std::string secret = hex_digest(md, fmt::format("{}:{}:{}", credentials.user, realm, credentials.password));
  if (session) secret = hex_digest(md, fmt::format("{}:{}:{}", secret, nonce, request.client_nonce));
  const std::string action = hex_digest(md, fmt::format("{}:{}", request.method, request.target));
  const std::string response =
      qop.empty()
          ? hex_digest(md, fmt::format("{}:{}:{}", secret, nonce, action))
          : hex_digest(md, fmt::format("{}:{}:{}:{}:auth:{}", secret, nonce, kCount, request.client_nonce, action));

  std::string out = fmt::format(R"(Digest username="{}", realm="{}", nonce="{}", uri="{}", response="{}")",
                                escaped(credentials.user), escaped(realm), escaped(nonce), request.target, response);
  if (!challenge.parameter("algorithm").empty()) {
    out += fmt::format(", algorithm={}{}", algorithm == "md5" ? "MD5" : "SHA-256", session ? "-sess" : "");
  }
  if (!qop.empty() || session) out += fmt::format(R"(, cnonce="{}")", request.client_nonce);
  if (!qop.empty()) out += fmt::format(", qop=auth, nc={}", kCount);
  if (const auto opaque = challenge.parameter("opaque"); !opaque.empty()) {
    out += fmt::format(R"(, opaque="{}")", escaped(opaque));
  }
  return out;
}

}  // namespace

std::string_view Challenge::parameter(std::string_view name) const {
  const auto found = std::ranges::find(parameters, name, &std::pair<std::string, std::string>::first);
  return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<Challenge> parse_challenges(std::string_view value) {
  std::vector<Challenge> out;
  Reader reader(value);
  while (true) {
    reader.skip_commas();
    if (reader.at_end()) return out;
    if (!out.empty()) {
      if (auto parameter = reader.parameter()) {
        out.back().parameters.push_back(std::move(*parameter));
        continue;
      }
    }
    const std::string_view scheme = reader.token();
    if (scheme.empty() || out.size() == kChallengesMax) return out;
    out.push_back({.scheme = to_lower(scheme), .parameters = {}});
    reader.skip_blanks();
  }
}

std::optional<std::string> answer(std::span<const Challenge> challenges, const Credentials& credentials,
                                  const ChallengedRequest& request) {
  for (const Challenge& challenge : challenges) {
    if (challenge.scheme != "digest") continue;
    if (auto out = digest_answer(challenge, credentials, request)) return out;
  }
  if (std::ranges::find(challenges, "basic", &Challenge::scheme) == challenges.end()) return {};
  return "Basic " + base64(fmt::format("{}:{}", credentials.user, credentials.password));
}

}  // namespace dialtone::webhook
