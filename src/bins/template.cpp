#include "bins/template.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace dialtone::bins {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += c;
    }
  }
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// The first run of digits that is long enough for a phone number, with its plus.
std::string phone_number_in(std::string_view text) {
  constexpr std::size_t kDigitsMin = 7;
  constexpr std::size_t kDigitsMax = 15;
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    std::size_t end = begin;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end - begin >= kDigitsMin && end - begin <= kDigitsMax)
      return "+" + std::string(text.substr(begin, end - begin));
    if (end > begin) begin = end;
  }
  return {};
}

class Renderer {
 public:
  Renderer(std::string_view text, const FormPairs& params) : text_(text), params_(params) {}

  Result<std::string> run() {
    DT_CHECK(section({}, true, 0));
    return std::move(out_);
  }

 private:
  std::vector<std::string_view> values(std::string_view name) const {
    std::vector<std::string_view> found;
    if (name == ".") {
      if (!current_.empty()) found.push_back(current_.back());
      return found;
    }
    for (const auto& [key, value] : params_) {
      if (key == name || (key.size() == name.size() + 2 && key.starts_with(name) && key.ends_with("[]")))
        found.emplace_back(value);
    }
    return found;
  }

  Error error(std::string text) const { return {kBadTemplate, std::move(text)}; }

  /// Reads to the end of the section `name` (empty: of the text); writes only when `shown`.
  Result<> section(std::string_view name, bool shown, std::size_t depth) {
    if (depth > kSectionDepthMax) return fail(error("Sections are nested too deep"));
    while (true) {
      const std::size_t open = text_.find("{{", at_);
      if (shown) out_ += text_.substr(at_, open == std::string_view::npos ? open : open - at_);
      if (out_.size() > kRenderedBytesMax) return fail(error("The result is longer than 64 kB"));
      if (open == std::string_view::npos) {
        at_ = text_.size();
        if (!name.empty()) return fail(error(fmt::format("{{{{#{}}}}} is not closed", name)));
        return {};
      }
      if (++tags_ > kTagsMax) return fail(error("The template repeats too much"));
      const bool raw = text_.substr(open).starts_with("{{{");
      const std::string_view end_mark = raw ? "}}}" : "}}";
      const std::size_t begin = open + end_mark.size();
      const std::size_t end = text_.find(end_mark, begin);
      if (end == std::string_view::npos) return fail(error("A tag {{ is not closed by }}"));
      std::string_view tag = trimmed(text_.substr(begin, end - begin));
      at_ = end + end_mark.size();
      const char sign = raw || tag.empty() ? '\0' : tag.front();
      if (sign == '!') continue;
      if (sign == '/') {
        if (trimmed(tag.substr(1)) != name)
          return fail(error(fmt::format("{{{{{}}}}} closes what was not opened", tag)));
        return {};
      }
      if (sign == '#' || sign == '^') {
        DT_CHECK(inner(trimmed(tag.substr(1)), sign == '^', shown, depth));
        continue;
      }
      if (sign == '&') tag = trimmed(tag.substr(1));
      if (!shown) continue;
      const auto found = values(tag);
      if (found.empty()) continue;
      if (raw || sign == '&') {
        out_ += found.front();
      } else {
        append_escaped(out_, found.front());
      }
    }
  }

  Result<> inner(std::string_view name, bool inverted, bool shown, std::size_t depth) {
    if (name.empty()) return fail(error("A section has no name"));
    const std::size_t begin = at_;
    if (name == "e164" && !inverted) {
      std::string before;
      std::swap(before, out_);
      DT_CHECK(section(name, shown, depth + 1));
      std::swap(before, out_);
      if (shown) out_ += phone_number_in(before);
      return {};
    }
    auto found = values(name);
    std::erase_if(found, [](std::string_view value) { return value.empty() || value == "false"; });
    if (inverted || found.empty()) return section(name, shown && inverted && found.empty(), depth + 1);
    for (const std::string_view value : found) {
      at_ = begin;
      current_.push_back(value);
      DT_CHECK(section(name, shown, depth + 1));
      current_.pop_back();
      if (!shown) break;
    }
    return {};
  }

  std::string_view text_;
  const FormPairs& params_;
  std::size_t at_ = 0;
  std::size_t tags_ = 0;
  std::string out_;
  std::vector<std::string_view> current_;
};

}  // namespace

Result<std::string> render(std::string_view text, const FormPairs& params) { return Renderer(text, params).run(); }

}  // namespace dialtone::bins
