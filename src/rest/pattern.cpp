#include "rest/pattern.hpp"

#include <regex>
#include <unordered_map>

#include "base/sid.hpp"

namespace dialtone::rest {
namespace {

constexpr std::size_t kRepeatMax = 64;
constexpr std::size_t kOpenRepeat = 10;  ///< how often `+` takes a class: enough that two samples differ
constexpr std::size_t kTextMax = 512;

class Sampler {
 public:
  explicit Sampler(std::string_view pattern) : rest_(pattern) {}

  std::string run() { return alternatives(); }

 private:
  bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool take(char c) {
    if (!at(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  char next() {
    if (rest_.empty()) return '\0';
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  /// The first alternative is used; the others are read over.
  std::string alternatives() {
    std::string first = sequence();
    while (take('|')) sequence();
    return first;
  }

  std::string sequence() {
    std::string out;
    while (!rest_.empty() && !at('|') && !at(')')) out += piece();
    return out;
  }

  std::string piece() {
    const std::string_view start = rest_;
    const std::string first = atom();
    const std::string_view source = start.substr(0, start.size() - rest_.size());
    const bool many = source == "." || source.starts_with('[') || source.starts_with('\\');
    const std::size_t count = repeats(many ? kOpenRepeat : 1);
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += i == 0 ? first : Sampler(source).atom();
    return out;
  }

  std::size_t repeats(std::size_t open) {
    std::size_t count = 1;
    if (take('*')) {
      count = 0;
    } else if (take('?')) {
      count = 1;
    } else if (take('+')) {
      count = open;
    } else if (at('{') && rest_.size() > 1 && rest_[1] >= '0' && rest_[1] <= '9') {
      next();
      count = 0;
      while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
        count = count * 10 + static_cast<std::size_t>(next() - '0');
      }
      while (!rest_.empty() && !take('}')) next();
      count = std::max<std::size_t>(count, 1);
    }
    take('?');
    return std::min(count, kRepeatMax);
  }

  std::string atom() {
    if (take('(')) {
      bool look = false;
      if (take('?')) {
        if (take('=') || take('!')) {
          look = true;
        } else if (take('<')) {
          look = at('=') || at('!');
          while (!rest_.empty() && !take('>') && !look) next();
        } else {
          take(':');
        }
      }
      std::string inner = alternatives();
      take(')');
      return look ? "" : inner;
    }
    if (at('[')) return choose(char_class());
    if (take('^') || take('$')) return "";
    if (take('.')) return choose("abcdefghijklmnopqrstuvwxyz0123456789");
    if (take('\\')) return choose(escape(next()));
    return {next()};
  }

  static std::string escape(char c) {
    switch (c) {
      case 'd':
        return "0123456789";
      case 'w':
        return "abcdefghijklmnopqrstuvwxyz0123456789";
      case 's':
        return " ";
      case 'p':  // \p{L} and the like
      case 'S':
        return "a";
      case 'D':
      case 'W':
        return "-";
      case 'b':
        return "";
      default:
        return {c};
    }
  }

  std::string char_class() {
    next();
    const bool negated = take('^');
    std::string set;
    bool first = true;
    while (!rest_.empty() && (first || !at(']'))) {
      first = false;
      const char c = next();
      if (c == '\\') {
        set += escape(next());
      } else if (at('-') && rest_.size() > 1 && rest_[1] != ']') {
        next();
        char last = next();
        if (last == '\\') last = next();
        for (int each = c; each <= last; ++each) set += static_cast<char>(each);
      } else {
        set += c;
      }
    }
    take(']');
    if (!negated) return set;
    for (const char c : std::string_view("a1-_ ")) {
      if (set.find(c) == std::string::npos) return {c};
    }
    return "~";
  }

  static std::string choose(const std::string& set) {
    if (set.empty()) return "";
    // Where both cases may stand, ours are lower, as Twilio's are.
    std::string pool;
    for (const char c : set) {
      const bool upper = c >= 'A' && c <= 'Z';
      if (!upper || set.find(static_cast<char>(c + 32)) == std::string::npos) pool += c;
    }
    // And letters and digits, where the class has signs beside them.
    std::string plain;
    for (const char c : pool) {
      if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) plain += c;
    }
    if (!plain.empty()) pool = std::move(plain);
    return {pool[std::stoul(random_hex(3), nullptr, 16) % pool.size()]};
  }

  std::string_view rest_;
};

}  // namespace

std::string sample_pattern(std::string_view pattern) { return Sampler(pattern).run(); }

namespace {

/// libstdc++ reads a count without looking whether it fits its number.
bool has_huge_count(std::string_view pattern) {
  std::size_t digits = 0;
  return std::ranges::any_of(pattern, [&](char c) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    return digits > 9;
  });
}

}  // namespace

bool matches_pattern(std::string_view text, std::string_view pattern) {
  if (text.size() > kTextMax) return false;
  thread_local std::unordered_map<std::string, std::optional<std::regex>> compiled;
  auto found = compiled.find(std::string(pattern));
  if (found == compiled.end()) {
    std::optional<std::regex> made;
    try {
      if (!has_huge_count(pattern)) made.emplace(std::string(pattern), std::regex::ECMAScript | std::regex::optimize);
    } catch (const std::regex_error&) {
      // A dialect that std::regex cannot read: nothing can be said.
    }
    found = compiled.emplace(std::string(pattern), std::move(made)).first;
  }
  return !found->second || std::regex_search(text.begin(), text.end(), *found->second);
}

}  // namespace dialtone::rest
