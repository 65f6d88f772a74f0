#pragma once
// What the world's numbering plans say: is a text a number, whose and of what kind; which numbers could be sold. From
// libphonenumber and its geocoder, both offline.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dialtone::numbers {

enum class Kind : std::uint8_t { kLocal, kMobile, kTollFree, kNational, kVoip, kSharedCost, kMachineToMachine };

struct Inspection {
  bool valid = false;
  std::vector<std::string_view>
      errors;        ///< TOO_SHORT, TOO_LONG, INVALID_BUT_POSSIBLE, INVALID_COUNTRY_CODE, INVALID_LENGTH, NOT_A_NUMBER
  std::string e164;  ///< as far as it can be told
  std::string national;        ///< national format
  std::string country;         ///< ISO code
  std::string calling_code;    ///< "44"
  std::string_view line_type;  ///< landline, mobile, fixedVoip, tollFree, premium, sharedCost, personal, pager, uan,
                               ///< voicemail, unknown
};

/// Reads a number; one without a plus is read in `country` (ISO code; empty: US).
Inspection inspect(std::string_view text, std::string_view country);

/// Countries with a numbering plan, ISO codes in order.
const std::vector<std::string>& countries();
/// English name, "United States".
std::string country_name(std::string_view country);
/// Does the country have numbers of that kind?
bool has_kind(std::string_view country, Kind kind);

struct Place {
  std::string locality;  ///< "Hilo"
  std::string region;    ///< "HI"
};
Place place_of(std::string_view e164);

/// Can a number of that kind send and receive messages? Outside of North America mobile numbers can.
bool takes_messages(std::string_view country, Kind kind);

/// What a buyer must have an address in: none, any, local (near the number), foreign.
std::string_view address_requirement(std::string_view country, Kind kind);

/// `Contains` of a search: digits, letters (as on a keypad), `*` for one digit, `%` for any number of them, `+` at the
/// beginning and `$` at the end for the number's beginning and end. Source: Twilio, AvailablePhoneNumbers.
class DigitPattern {
 public:
  explicit DigitPattern(std::string_view text);
  [[nodiscard]] bool empty() const { return pieces_.empty() && !nothing_; }
  /// `digits`: the calling code and the national number.
  [[nodiscard]] bool matches(std::string_view digits) const;
  /// Puts what is asked for into a national number, where the `step`th try has it.
  void put_into(std::string& national, const std::string& calling_code, std::uint64_t step) const;

 private:
  std::vector<std::string> pieces_;  ///< digits and stars; anything may be between them
  bool at_start_ = false;
  bool at_end_ = false;
  bool nothing_ = false;  ///< no number has it
};

struct Search {
  std::string country;
  Kind kind = Kind::kLocal;
  std::vector<std::string> prefixes;  ///< of national numbers, +1 only; empty: all
  std::string contains;
  std::size_t limit = 30;
};
/// Valid numbers that fit, the same for the same question. `taken` tells which are sold already.
template <typename Taken>
std::vector<std::string> search(const Search& what, Taken taken);

/// The untemplated part: candidates in order, until `offer` says that it has enough.
class Candidates {
 public:
  explicit Candidates(const Search& what);
  /// The next valid number that fits; nothing when there seem to be no more.
  std::optional<std::string> next();

 private:
  [[nodiscard]] const std::vector<std::string>& prefixes() const;

  Search what_;
  DigitPattern pattern_;
  std::string model_;  ///< national digits of an example
  int calling_code_ = 0;
  std::uint64_t step_ = 0;
  bool barren_ = true;  ///< nothing was found yet
};

template <typename Taken>
std::vector<std::string> search(const Search& what, Taken taken) {
  std::vector<std::string> found;
  Candidates candidates(what);
  while (found.size() < what.limit) {
    auto number = candidates.next();
    if (!number) break;
    if (!taken(*number) && std::find(found.begin(), found.end(), *number) == found.end())
      found.push_back(std::move(*number));
  }
  return found;
}

}  // namespace dialtone::numbers
