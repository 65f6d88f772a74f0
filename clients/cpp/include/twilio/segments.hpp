#pragma once
// How many SMS a text becomes, as the carriers cut and Twilio bills it.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace twilio {

struct Segments {
  enum class Encoding { kGsm7, kUcs2 };

  Encoding encoding = Encoding::kGsm7;
  /// Septets of GSM-7 or 16-bit units of UCS-2 in the whole text.
  std::size_t units = 0;
  /// What stands in each SMS.
  std::vector<std::string> parts;

  std::size_t count() const { return parts.size(); }
};

/// Of a UTF-8 text. An empty one is one SMS.
Segments count_segments(std::string_view text);

/// What Twilio's smart encoding makes of a text: curly quotes, long dashes and the like become what GSM-7 has.
std::string smart_encode(std::string_view text);

}  // namespace twilio
