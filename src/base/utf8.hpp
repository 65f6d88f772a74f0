#pragma once
// UTF-8 from outside, one code point at a time. What is not UTF-8 reads as U+FFFD, one for each maximal piece that
// could not become a character (Unicode 15, 3.9, the practice that browsers follow).

#include <string>
#include <string_view>

namespace dialtone {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

/// Reads the code point at `at`, which is less than text.size(), and moves `at` past it.
inline char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  unsigned more;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  char32_t point;
  if (lead >= 0xC2 && lead <= 0xDF) {
    more = 1;
    point = lead & 0x1F;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    more = 2;
    point = lead & 0x0F;
    if (lead == 0xE0) low = 0xA0;   // shorter forms exist
    if (lead == 0xED) high = 0x9F;  // surrogates
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    more = 3;
    point = lead & 0x07;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;  // past U+10FFFF
  } else {
    return kReplacementCharacter;
  }
  for (; more > 0; --more) {
    if (at == text.size()) return kReplacementCharacter;
    const auto next = static_cast<unsigned char>(text[at]);
    if (next < low || next > high) return kReplacementCharacter;
    point = (point << 6) | (next & 0x3F);
    low = 0x80;
    high = 0xBF;
    ++at;
  }
  return point;
}

/// How many characters valid UTF-8 holds.
inline std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

inline bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

inline bool is_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const bool replaced = next_code_point(text, at) == kReplacementCharacter;
    if (replaced && text.substr(begin, at - begin) != "\xEF\xBF\xBD") return false;
  }
  return true;
}

/// Appends a code point that is no surrogate and at most U+10FFFF.
inline void append_utf8(std::string& out, char32_t point) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6));
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

}  // namespace dialtone
