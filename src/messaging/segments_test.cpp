#include "messaging/segments.hpp"

#include <gtest/gtest.h>

namespace dialtone::messaging {
namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Segments, CountsTheTestValues) {
  struct Case {
    std::string text;
    Encoding encoding;
    std::size_t count;
  };
  for (const auto& c : std::initializer_list<Case>{
           {"", Encoding::kGsm7, 1},
           {times(160, "a"), Encoding::kGsm7, 1},
           {times(161, "a"), Encoding::kGsm7, 2},
           {times(306, "a"), Encoding::kGsm7, 2},
           {times(307, "a"), Encoding::kGsm7, 3},
           {times(1600, "a"), Encoding::kGsm7, 11},
           {times(80, "€"), Encoding::kGsm7, 1},
           {times(81, "€"), Encoding::kGsm7, 2},
           {times(152, "€"), Encoding::kGsm7, 2},  // 76 pairs a part, one septet left over
           {times(153, "€"), Encoding::kGsm7, 3},
           {"ça va", Encoding::kUcs2, 1},
           {times(70, "✓"), Encoding::kUcs2, 1},
           {times(71, "✓"), Encoding::kUcs2, 2},
           {times(134, "✓"), Encoding::kUcs2, 2},
           {times(135, "✓"), Encoding::kUcs2, 3},
           {times(35, "👍"), Encoding::kUcs2, 1},
           {times(36, "👍"), Encoding::kUcs2, 2},
           {times(66, "👍"), Encoding::kUcs2, 2},
           {times(67, "👍"), Encoding::kUcs2, 3},
           {times(159, "a") + "`", Encoding::kUcs2, 3},
       }) {
    const auto counted = count_segments(c.text);
    EXPECT_EQ(counted.encoding, c.encoding) << c.text;
    EXPECT_EQ(counted.count, c.count) << c.text;
    const auto cut = segments(c.text);
    EXPECT_EQ(cut.encoding, c.encoding);
    EXPECT_EQ(cut.count(), c.count);
    EXPECT_EQ(cut.units, counted.units);
    std::string joined;
    for (const auto piece : cut.pieces) joined += piece;
    EXPECT_EQ(joined, c.text);
  }
}

TEST(Segments, EveryGsmCharacterIsOneOrTwoSeptets) {
  for (const std::string_view text : {"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ", " !\"#¤%&'()*+,-./0123456789:;<=>?",
                                      "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§", "¿abcdefghijklmnopqrstuvwxyzäöñüà"}) {
    EXPECT_EQ(count_segments(text).encoding, Encoding::kGsm7) << text;
  }
  const auto extension = count_segments("\f^{}\\[~]|€");
  EXPECT_EQ(extension.encoding, Encoding::kGsm7);
  EXPECT_EQ(extension.units, 20U);
}

TEST(Segments, OtherCharactersMakeItUcs2) {
  for (const std::string_view text :
       {"`", "ç", "\t", "“", "—", "…", "á", "í", "ó", "ú", "\x1b", "\x7f", "Α", "ê", "ъ"}) {
    EXPECT_EQ(count_segments(text).encoding, Encoding::kUcs2) << text;
  }
  EXPECT_EQ(count_segments(std::string_view("\0", 1)).encoding, Encoding::kUcs2);
}

TEST(Segments, AnExtensionPairMovesToTheNextPartWhole) {
  const std::string text = times(152, "a") + "{" + times(20, "b");
  const auto cut = segments(text);
  ASSERT_EQ(cut.count(), 2U);
  EXPECT_EQ(cut.pieces[0], times(152, "a"));
  EXPECT_EQ(cut.pieces[1], "{" + times(20, "b"));
}

TEST(Segments, ASurrogatePairMovesToTheNextPartWhole) {
  const std::string text = times(66, "✓") + "👍" + times(10, "✓");
  const auto cut = segments(text);
  ASSERT_EQ(cut.count(), 2U);
  EXPECT_EQ(cut.pieces[0], times(66, "✓"));
}

TEST(Segments, WhatIsNotUtf8CountsAsOneReplacementEach) {
  struct Case {
    std::string_view text;
    std::size_t units;
  };
  for (const auto& [text, units] : std::initializer_list<Case>{{"\xff", 1},
                                                               {"\x80\x80", 2},
                                                               {"a\xe2\x82", 2},
                                                               {"\xe2\x82z", 2},
                                                               {"\xc0\xaf", 2},
                                                               {"\xed\xa0\x80", 3},
                                                               {"\xf0\x9f\x91", 1},
                                                               {"\xf5\x80", 2},
                                                               {"\xf4\x90\x80\x80", 4}}) {
    const auto counted = count_segments(text);
    EXPECT_EQ(counted.encoding, Encoding::kUcs2);
    EXPECT_EQ(counted.units, units);
  }
}

TEST(SmartEncoding, ReplacesLookAlikes) {
  struct Case {
    std::string_view from, to;
  };
  for (const auto& [from, to] : std::initializer_list<Case>{
           {"", ""},
           {"plain {text}\r\n\f", "plain {text}\r\n\f"},
           {"“”„‟«»❝❞〝〞＂ʺˮ", "\"\"\"\"\"\"\"\"\"\"\"\"\""},
           {"‘’‛ʻʼʽʹˈ´`ˊˋ❛❜＇", "'''''''''''''''"},
           {"–—―‐⁃﹣－•", "--------"},
           {"…‼÷⁄∕／", "...!!////"},
           {"¼½¾‗‹›", "1/41/23/4_<>"},
           {"Ｈｅｌｌｏ！１", "Hello!1"},
           {"ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "ABCDEFGHIJKLMNOPRSTUVWYZ"},
           {"a\u00A0b\u2003c\u200Ad\u202Fe\u205Ff\u3000g", "a b c d e f g"},
           {"a\u200Bb\u2060c\uFEFFd\x01\x1b\x7f\u0085", "abcd"},
           {"、，。", ",,."},
           {"👍 漢字 ça", "👍 漢字 ça"},
           {"\xff!", "\uFFFD!"},
       }) {
    EXPECT_EQ(smart_encode(from), to);
    EXPECT_EQ(smart_encode(smart_encode(from)), to);
  }
  EXPECT_EQ(count_segments(smart_encode("“It’s fine” — he said…")).encoding, Encoding::kGsm7);
}

}  // namespace
}  // namespace dialtone::messaging
