#pragma once
// How a text is cut into SMS. A text of GSM 03.38 characters has 7-bit septets, 160 in one message or 153 in each part
// of several; any other text has UTF-16 units, 70 or 67. An extension pair or a surrogate pair is never split, so a
// part may end one unit early. Source: 3GPP TS 23.038, 23.040; the fact sheet, section 3.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dialtone::messaging {

enum class Encoding : std::uint8_t { kGsm7, kUcs2 };

/// `GSM-7` or `UCS-2`.
[[nodiscard]] std::string_view name_of(Encoding encoding);

struct SegmentCount {
  Encoding encoding = Encoding::kGsm7;
  std::size_t count = 1;  ///< an empty text is one message
  std::size_t units = 0;  ///< septets or UTF-16 units of the whole text
};

struct Segments {
  Encoding encoding = Encoding::kGsm7;
  std::size_t units = 0;
  std::vector<std::string_view> pieces;  ///< point into the text; together they are the text
  [[nodiscard]] std::size_t count() const { return pieces.size(); }
};

/// Counts without allocating. The text is UTF-8; what is not counts as U+FFFD.
[[nodiscard]] SegmentCount count_segments(std::string_view text);

/// The same count, with the cuts. `text` must outlive the result.
[[nodiscard]] Segments segments(std::string_view text);

/// Smart encoding: replaces what has a look-alike in GSM 03.38 (curly quotes, dashes, wide spaces, …) and drops what
/// cannot be seen. Emoji and other scripts stay, and with them UCS-2.
[[nodiscard]] std::string smart_encode(std::string_view text);

}  // namespace dialtone::messaging
