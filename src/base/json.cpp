#include "base/json.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>

namespace dialtone {

namespace {

constexpr auto kEscaped = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = true;
  table['"'] = table['\\'] = true;
  return table;
}();

/// How many bytes of `text`, from `from` on, are sure to need no escape; eight are looked at together.
std::size_t plain_run(std::string_view text, std::size_t from) {
  constexpr std::uint64_t kOnes = ~0ULL / 255;
  constexpr std::uint64_t kHighs = kOnes << 7;
  const auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
  std::size_t at = from;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t control = (word - kOnes * 0x20) & ~word & kHighs;
    if ((control | has_zero(word ^ (kOnes * '"')) | has_zero(word ^ (kOnes * '\\'))) != 0) break;
  }
  return at - from;
}

/// Does no byte of it need an escape? The last eight are looked at together too.
bool is_plain(std::string_view text) {
  if (text.size() < 8) return std::ranges::none_of(text, [](unsigned char c) { return kEscaped[c]; });
  return plain_run(text, 0) + 8 > text.size() && plain_run(text.substr(text.size() - 8), 0) == 8;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    const auto before = out.size();
    // libstdc++ 12 calls with the grown capacity where the standard has the size that was asked for.
    out.resize_and_overwrite(before + text.size() + 2, [&](char* all, std::size_t) {
      char* to = all + before;
      *to++ = '"';
      if (!text.empty()) std::memcpy(to, text.data(), text.size());
      to[text.size()] = '"';
      return before + text.size() + 2;
    });
    return;
  }
  out += '"';
  std::size_t plain = 0;  // start of the run that needs no escape
  for (std::size_t i = plain_run(text, 0); i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!kEscaped[c]) continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    }
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

void append_wire_json(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::object: {
      out += '{';
      bool first = true;
      for (const auto& [name, member] : value.get_object()) {
        if (!first) out += ", ";
        first = false;
        append_json_string(out, name);
        out += ": ";
        append_wire_json(out, member);
      }
      out += '}';
      return;
    }
    case json::kind::array: {
      out += '[';
      bool first = true;
      for (const auto& element : value.get_array()) {
        if (!first) out += ", ";
        first = false;
        append_wire_json(out, element);
      }
      out += ']';
      return;
    }
    case json::kind::string:
      append_json_string(out, value.get_string());
      return;
    case json::kind::null:
      out += "null";
      return;
    case json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    case json::kind::int64:
      fmt::format_to(std::back_inserter(out), "{}", value.get_int64());
      return;
    case json::kind::uint64:
      fmt::format_to(std::back_inserter(out), "{}", value.get_uint64());
      return;
    case json::kind::double_:
      // A number too large for a double was read as infinity, for which JSON has no word; this reads as it again. Boost
      // 1.81 reads 0e9999 as 0 times infinity: it is zero.
      if (std::isnan(value.get_double())) {
        out += "0.0";
      } else if (std::isinf(value.get_double())) {
        out += value.get_double() < 0 ? "-1e999" : "1e999";
      } else {
        const std::size_t begin = out.size();
        fmt::format_to(std::back_inserter(out), "{}", value.get_double());  // the shortest that reads the same
        if (out.find_first_of(".e", begin) == std::string::npos) out += ".0";
      }
      return;
  }
}

std::string wire_json(const json::value& value) {
  std::string out;
  append_wire_json(out, value);
  return out;
}

Result<json::value> parse_json(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kJsonDepthMax;
  json::value value = json::parse(text, error, {}, options);
  if (error) return fail({errors::kBadRequest, fmt::format("Malformed JSON: {}", error.message())});
  return value;
}

json::object stored_object(std::string_view text) {
  json::value value = json::parse(text);
  return std::move(value.as_object());
}

std::string_view text_of(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  if (!found || !found->is_string()) return {};
  return found->get_string();
}

}  // namespace dialtone
