#pragma once
// Phone numbers. Text becomes an E164 at the edge; past it, the type is the proof that the number has a country code
// that exists and a length that its country uses. That is libphonenumber's "possible", not "valid": developers write to
// +15005550006 and +1555…, as Twilio lets them, and numbering plans grow faster than anyone's tables.

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/hash.hpp"

namespace dialtone {

namespace errors {
/// Callers put the row of their own parameter in its place (21211 for To, 21212 for From).
inline constexpr ErrorRow kInvalidPhoneNumber{21401, 400, "Invalid Phone Number"};
}  // namespace errors

inline constexpr std::size_t kE164DigitsMax = 15;

enum class LineType : std::uint8_t { kLandline, kMobile, kLandlineOrMobile, kTollFree, kPremium, kOther, kUnknown };

class E164 {
 public:
  /// `+` and 1–15 digits. Spaces, dashes, dots and parentheses between them are passed over. Without the plus the
  /// number is read as one dials it in `default_region` (ISO code): `4155551212`, `1 415…` and `011 44…` in the US; `00
  /// 44…` is an international prefix only where it is dialled so. Letters are an error. Some 100 ns for text seen
  /// lately or a +1 number, some 50 µs for others. Error: 21401.
  static Result<E164> parse(std::string_view text, std::string_view default_region = "US");

  /// `+14155551212`
  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }
  [[nodiscard]] std::string str() const { return std::string(text()); }

  /// 1 for `+1…`, 44 for `+44…`.
  [[nodiscard]] int calling_code() const { return calling_code_; }
  /// ISO code, `US`. A number of no known area has its calling code's main country; empty for those of no country
  /// (+800).
  [[nodiscard]] std::string country() const;
  /// `(415) 555-1212`
  [[nodiscard]] std::string national_format() const;
  [[nodiscard]] LineType line_type() const;

  [[nodiscard]] bool is_us_or_canada() const;
  [[nodiscard]] bool is_toll_free() const { return line_type() == LineType::kTollFree; }
  [[nodiscard]] bool is_premium_rate() const { return line_type() == LineType::kPremium; }
  /// Known to be no mobile phone; where a plan gives both the same numbers (US) this is false.
  [[nodiscard]] bool is_landline() const { return line_type() == LineType::kLandline; }
  /// What may receive a message, as far as the number tells.
  [[nodiscard]] bool is_mobile_or_unknown() const;

  friend auto operator<=>(const E164& a, const E164& b) { return a.text() <=> b.text(); }
  friend bool operator==(const E164& a, const E164& b) { return a.text() == b.text(); }

 private:
  friend struct E164Access;
  E164() = default;

  std::array<char, kE164DigitsMax + 1> text_{};
  std::uint8_t size_ = 0;
  std::uint16_t calling_code_ = 0;
};

/// Countries (ISO codes, in order) and what is dialled for them: {"GB", 44}.
[[nodiscard]] const std::vector<std::pair<std::string, int>>& calling_codes();

/// 3–8 digits without a plus.
[[nodiscard]] bool is_short_code(std::string_view text);
/// 1–11 of A–Z a–z 0–9 space + - _ & with at least one letter.
[[nodiscard]] bool is_alphanumeric_sender(std::string_view text);

}  // namespace dialtone

template <>
struct std::hash<dialtone::E164> {
  std::size_t operator()(const dialtone::E164& number) const noexcept { return dialtone::TextHash()(number.text()); }
};
