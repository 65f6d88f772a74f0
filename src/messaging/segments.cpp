#include "messaging/segments.hpp"

#include <algorithm>
#include <array>

#include "base/utf8.hpp"

namespace dialtone::messaging {
namespace {

struct Limits {
  std::size_t single;
  std::size_t part;
};
constexpr Limits kGsm7Limits{160, 153};
constexpr Limits kUcs2Limits{70, 67};

constexpr const Limits& limits_of(Encoding encoding) { return encoding == Encoding::kGsm7 ? kGsm7Limits : kUcs2Limits; }

/// Septets of U+0000–U+03FF; 0 where GSM 03.38 has no such character. The euro sign is the one above.
constexpr auto kSeptets = [] {
  std::array<std::uint8_t, 0x400> table{};
  for (char32_t c = 0x20; c < 0x7F; ++c) table[c] = 1;
  for (const char32_t c : U"\n\r£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà") table[c] = 1;
  for (const char32_t c : U"\f^{}\\[~]|") table[c] = 2;
  table[U'`'] = 0;
  table[0] = 0;  // the literals' terminator; NUL is no GSM character
  return table;
}();
constexpr char32_t kEuro = 0x20AC;

/// Septets of a character, 0 when it is not GSM.
constexpr std::size_t septets_of(char32_t point) {
  if (point < kSeptets.size()) return kSeptets[point];
  return point == kEuro ? 2 : 0;
}
constexpr std::size_t utf16_units_of(char32_t point) { return point >= 0x10000 ? 2 : 1; }

std::size_t units_of(char32_t point, Encoding encoding) {
  return encoding == Encoding::kGsm7 ? septets_of(point) : utf16_units_of(point);
}

/// Encoding and units of the whole text; `count` is left for the caller.
SegmentCount measure(std::string_view text) {
  std::size_t septets = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t cost = septets_of(next_code_point(text, at));
    if (cost == 0) {
      std::size_t units = 0;
      for (at = 0; at < text.size();) units += utf16_units_of(next_code_point(text, at));
      return {.encoding = Encoding::kUcs2, .units = units};
    }
    septets += cost;
  }
  return {.encoding = Encoding::kGsm7, .units = septets};
}

/// Calls `cut(offset)` where each part but the first begins.
template <typename Cut>
void each_cut(std::string_view text, const SegmentCount& measured, Cut cut) {
  const Limits& limits = limits_of(measured.encoding);
  if (measured.units <= limits.single) return;
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const std::size_t cost = units_of(next_code_point(text, at), measured.encoding);
    if (used + cost > limits.part) {
      cut(begin);
      used = 0;
    }
    used += cost;
  }
}

struct LookAlikes {
  std::u32string_view from;
  std::string_view to;  ///< in place of each of them
};
constexpr LookAlikes kLookAlikes[] = {
    {U"“”„‟«»❝❞〝〞ʺˮ", "\""},
    {U"‘’‛ʻʼʽʹˈ´`ˊˋ❛❜\uFF40", "'"},
    {U"–—―‐⁃﹣•", "-"},
    {U"÷⁄∕", "/"},
    {U"…", "..."},
    {U"‼", "!!"},
    {U"¼", "1/4"},
    {U"½", "1/2"},
    {U"¾", "3/4"},
    {U"‗", "_"},
    {U"‹", "<"},
    {U"›", ">"},
    {U"、", ","},
    {U"。", "."},
    {U"\t\u00A0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000", " "},
    {U"\u200B\u2060\uFEFF", ""},
};
/// Small capitals, beside the letter that each looks like.
constexpr std::u32string_view kSmallCapitals = U"ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ";
constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPRSTUVWYZ";

constexpr char32_t kFullwidthFirst = 0xFF01;  ///< the fullwidth forms of `!`–`~`, in order
constexpr char32_t kFullwidthLast = 0xFF5E;

bool is_control(char32_t point) { return point < 0x20 || (point >= 0x7F && point < 0xA0); }

void append_smart(std::string& out, char32_t point) {
  if (septets_of(point) != 0) return append_utf8(out, point);
  for (const auto& [from, to] : kLookAlikes) {
    if (from.contains(point)) {
      out += to;
      return;
    }
  }
  if (is_control(point)) return;
  if (point >= kFullwidthFirst && point <= kFullwidthLast) {
    out += static_cast<char>(point - kFullwidthFirst + U'!');
  } else if (const auto at = kSmallCapitals.find(point); at != std::u32string_view::npos) {
    out += kCapitals[at];
  } else {
    append_utf8(out, point);
  }
}

}  // namespace

std::string_view name_of(Encoding encoding) { return encoding == Encoding::kGsm7 ? "GSM-7" : "UCS-2"; }

SegmentCount count_segments(std::string_view text) {
  SegmentCount counted = measure(text);
  each_cut(text, counted, [&counted](std::size_t) { ++counted.count; });
  return counted;
}

Segments segments(std::string_view text) {
  const SegmentCount measured = measure(text);
  Segments cuts{.encoding = measured.encoding, .units = measured.units, .pieces = {}};
  std::size_t begin = 0;
  each_cut(text, measured, [&](std::size_t at) {
    cuts.pieces.push_back(text.substr(begin, at - begin));
    begin = at;
  });
  cuts.pieces.push_back(text.substr(begin));
  return cuts;
}

std::string smart_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) append_smart(out, next_code_point(text, at));
  return out;
}

}  // namespace dialtone::messaging
