#pragma once
// Twilio's identifiers: two letters and 32 hex digits. Ours are ordered by the time of their making (48 bits of
// milliseconds and a counter, then random), so that what is created together lies together on disk and a list by SID is
// a list by age. The random half keeps them unguessable.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace dialtone {

inline constexpr std::size_t kSidLength = 34;

/// True for two capital letters and 32 hex digits of either case.
[[nodiscard]] bool is_sid(std::string_view text);
/// True for a SID that begins with `prefix`.
[[nodiscard]] bool is_sid(std::string_view text, std::string_view prefix);

/// When the SID was made, as far as its maker's clock was not set back; nullopt for other texts. Milliseconds.
[[nodiscard]] std::optional<TimePoint> time_of_sid(std::string_view sid);
/// What no SID of that time or later comes before: a bound for lists, not a SID of anything.
[[nodiscard]] std::string first_sid_of(TimePoint time);

/// Makes SIDs, ascending within one process also when the clock stands still or is set back.
class SidSource {
 public:
  explicit SidSource(const Clock& clock) : clock_(clock) {}
  /// `prefix` is two letters, e.g. "SM".
  std::string make(std::string_view prefix);

 private:
  const Clock& clock_;
  std::uint64_t last_ = 0;  ///< milliseconds << 16 | counter
};

/// `bytes` random bytes as lower-case hex, from the system's generator.
std::string random_hex(std::size_t bytes);
/// A random UUID, version 4.
std::string random_uuid();

template <typename Kind>
class Sid {
 public:
  static Result<Sid> parse(std::string_view text) {
    if (!is_sid(text, Kind::prefix)) return fail({errors::kBadRequest, "Invalid SID"});
    return Sid(std::string(text));
  }
  static Sid make(SidSource& source) { return Sid(source.make(Kind::prefix)); }
  [[nodiscard]] const std::string& text() const { return text_; }
  friend auto operator<=>(const Sid&, const Sid&) = default;

 private:
  explicit Sid(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace dialtone
