#include "base/form.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <numeric>

namespace dialtone {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

/// The byte that stands for each byte that needs no %XX; 0 for the others.
constexpr auto kPlain = [] {
  std::array<char, 256> table{};
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = c;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = c;
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = c;
  for (const char c : {'*', '-', '.', '_'}) table[static_cast<unsigned char>(c)] = c;
  table[' '] = '+';
  return table;
}();

constexpr auto kHexValue = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (int i = 0; i < 10; ++i) table[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
  for (int i = 0; i < 6; ++i) {
    table[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(10 + i);
    table[static_cast<std::size_t>('A' + i)] = static_cast<std::int8_t>(10 + i);
  }
  return table;
}();

int hex_value(char c) { return kHexValue[static_cast<unsigned char>(c)]; }

enum class Plus : std::uint8_t { kIsSpace, kIsPlus };

std::string decode(std::string_view text, Plus plus) {
  const bool is_plain =
      text.find('%') == std::string_view::npos && (plus == Plus::kIsPlus || text.find('+') == std::string_view::npos);
  if (is_plain) return std::string(text);
  std::string out;
  out.resize_and_overwrite(text.size(), [&](char* to, std::size_t) {
    char* const begin = to;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
        *to++ = static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
      } else {
        *to++ = c == '+' && plus == Plus::kIsSpace ? ' ' : c;
      }
    }
    return static_cast<std::size_t>(to - begin);
  });
  return out;
}

}  // namespace

void append_form_encoded(std::string& out, std::string_view text) {
  const std::size_t before = out.size();
  const auto all = std::transform_reduce(text.begin(), text.end(), std::size_t{0}, std::plus<>(),
                                         [](char c) { return kPlain[static_cast<unsigned char>(c)] != 0 ? 1U : 3U; });
  out.resize_and_overwrite(before + all, [&](char* to, std::size_t) {
    to += before;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (kPlain[byte] != 0) {
        *to++ = kPlain[byte];
      } else {
        *to++ = '%';
        *to++ = kHex[byte >> 4];
        *to++ = kHex[byte & 15];
      }
    }
    return before + all;
  });
}

std::string form_encode(const FormPairs& pairs) {
  std::size_t size = 0;
  for (const auto& [name, value] : pairs) size += name.size() + value.size() + value.size() / 4 + 2;
  std::string out;
  out.reserve(size);
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    append_form_encoded(out, name);
    out += '=';
    append_form_encoded(out, value);
  }
  return out;
}

Result<FormPairs> form_decode(std::string_view text) {
  FormPairs pairs;
  pairs.reserve(std::min(static_cast<std::size_t>(std::ranges::count(text, '&')) + 1, kFormPairsMax));
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (piece.empty()) continue;
    if (pairs.size() == kFormPairsMax) return fail({errors::kBadRequest, "Too many parameters"});
    const std::size_t equals = std::min(piece.find('='), piece.size());
    const std::string_view value = piece.substr(std::min(equals + 1, piece.size()));
    pairs.emplace_back(form_decode_text(piece.substr(0, equals)), form_decode_text(value));
  }
  return pairs;
}

std::string form_decode_text(std::string_view text) { return decode(text, Plus::kIsSpace); }

std::string percent_decode(std::string_view text) { return decode(text, Plus::kIsPlus); }

}  // namespace dialtone
