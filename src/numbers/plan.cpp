#include "numbers/plan.hpp"

#include <set>
#include <unordered_map>

#include <phonenumbers/phonenumberutil.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include "numbers/place_tables.hpp"

namespace dialtone::numbers {
namespace {

namespace pn = i18n::phonenumbers;
using Util = pn::PhoneNumberUtil;

constexpr std::uint64_t kStepsMax = 20'000;       ///< candidates that one search looks at
constexpr std::uint64_t kBarrenStepsMax = 5'000;  ///< the same while none was a number
constexpr std::size_t kTextMax = 40;
constexpr std::size_t kPlainMin = 2;  ///< digits or letters that a pattern has at least
constexpr std::size_t kPatternMax = 16;
constexpr std::array<std::string_view, 7> kTollFreeCodes{"800", "833", "844", "855", "866", "877", "888"};

const Util& library() { return *Util::GetInstance(); }

Util::PhoneNumberType type_of(Kind kind) {
  switch (kind) {
    case Kind::kLocal:
      return Util::FIXED_LINE;
    case Kind::kMobile:
      return Util::MOBILE;
    case Kind::kTollFree:
      return Util::TOLL_FREE;
    case Kind::kNational:
      return Util::UAN;
    case Kind::kVoip:
      return Util::VOIP;
    case Kind::kSharedCost:
      return Util::SHARED_COST;
    case Kind::kMachineToMachine:
      return Util::UNKNOWN;
  }
  return Util::UNKNOWN;
}

bool same_kind(Util::PhoneNumberType type, Kind kind) {
  if (type == Util::FIXED_LINE_OR_MOBILE) return kind == Kind::kLocal;
  return type == type_of(kind) && type != Util::UNKNOWN;
}

std::string_view line_type_of(Util::PhoneNumberType type) {
  switch (type) {
    case Util::FIXED_LINE:
      return "landline";
    case Util::MOBILE:
    case Util::FIXED_LINE_OR_MOBILE:
      return "mobile";
    case Util::TOLL_FREE:
      return "tollFree";
    case Util::PREMIUM_RATE:
      return "premium";
    case Util::SHARED_COST:
      return "sharedCost";
    case Util::VOIP:
      return "nonFixedVoip";
    case Util::PERSONAL_NUMBER:
      return "personal";
    case Util::PAGER:
      return "pager";
    case Util::UAN:
      return "uan";
    case Util::VOICEMAIL:
      return "voicemail";
    case Util::UNKNOWN:
      return "unknown";
  }
  return "unknown";
}

std::string digits_of_national(const pn::PhoneNumber& number) {
  std::string out;
  library().GetNationalSignificantNumber(number, &out);
  return out;
}

/// A letter as on a keypad.
char keypad(char c) {
  constexpr std::string_view kKeys = "22233344455566677778889999";
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return c >= 'A' && c <= 'Z' ? kKeys[static_cast<std::size_t>(c - 'A')] : c;
}

/// Spreads neighbouring steps over all numbers, the same on every machine.
std::uint64_t scatter(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

bool is_north_american(std::string_view country) {
  return library().GetCountryCodeForRegion(std::string(country)) == 1;
}

/// Area codes of a country of the North American plan.
const std::vector<std::string>& area_codes(const std::string& country) {
  static std::unordered_map<std::string, std::vector<std::string>> known;
  const auto [found, is_new] = known.try_emplace(country);
  if (is_new) {
    for (int code = 200; code < 1000; ++code) {
      pn::PhoneNumber number;
      number.set_country_code(1);
      number.set_national_number(static_cast<std::uint64_t>(code) * 10'000'000 + 2'345'678);
      std::string region;
      library().GetRegionCodeForNumber(number, &region);
      if (region == country && library().GetNumberType(number) == Util::FIXED_LINE_OR_MOBILE)
        found->second.push_back(std::to_string(code));
    }
  }
  return found->second;
}

}  // namespace

Inspection inspect(std::string_view text, std::string_view country) {
  Inspection out;
  out.e164 = text;
  if (text.size() > kTextMax) {
    out.errors = {"TOO_LONG"};
    return out;
  }
  pn::PhoneNumber number;
  switch (library().Parse(std::string(text), country.empty() ? "US" : std::string(country), &number)) {
    case Util::NO_PARSING_ERROR:
      break;
    case Util::INVALID_COUNTRY_CODE_ERROR:
      out.errors = {"INVALID_COUNTRY_CODE"};
      return out;
    case Util::TOO_SHORT_AFTER_IDD:
    case Util::TOO_SHORT_NSN:
      out.errors = {"TOO_SHORT"};
      return out;
    case Util::TOO_LONG_NSN:
      out.errors = {"TOO_LONG"};
      return out;
    case Util::NOT_A_NUMBER:
      out.errors = {"NOT_A_NUMBER"};
      return out;
  }
  library().Format(number, Util::E164, &out.e164);
  switch (library().IsPossibleNumberWithReason(number)) {
    case Util::IS_POSSIBLE:
    case Util::IS_POSSIBLE_LOCAL_ONLY:
      break;
    case Util::INVALID_COUNTRY_CODE:
      out.errors = {"INVALID_COUNTRY_CODE"};
      return out;
    case Util::TOO_SHORT:
      out.errors = {"TOO_SHORT"};
      return out;
    case Util::INVALID_LENGTH:
      out.errors = {"INVALID_LENGTH"};
      return out;
    case Util::TOO_LONG:
      out.errors = {"TOO_LONG"};
      return out;
  }
  if (!library().IsValidNumber(number)) {
    out.errors = {"INVALID_BUT_POSSIBLE"};
    return out;
  }
  out.valid = true;
  library().Format(number, Util::NATIONAL, &out.national);
  library().GetRegionCodeForNumber(number, &out.country);
  out.calling_code = std::to_string(number.country_code());
  out.line_type = line_type_of(library().GetNumberType(number));
  return out;
}

const std::vector<std::string>& countries() {
  static const std::vector<std::string> all = [] {
    std::set<std::string> regions;
    library().GetSupportedRegions(&regions);
    return std::vector<std::string>(regions.begin(), regions.end());
  }();
  return all;
}

std::string country_name(std::string_view country) {
  return [&] {
    icu::UnicodeString name;
    icu::Locale("", std::string(country).c_str()).getDisplayCountry(icu::Locale("en"), name);
    std::string out;
    name.toUTF8String(out);
    return out;
  }();
}

bool has_kind(std::string_view country, Kind kind) {
  if (kind == Kind::kMachineToMachine) return false;
  if (is_north_american(country) && kind == Kind::kMobile) return false;  // mobiles have the same numbers as others
  pn::PhoneNumber example;
  return library().GetExampleNumberForType(std::string(country), type_of(kind), &example);
}

Place place_of(std::string_view e164) {
  const std::string description = place_tables().description_of(e164);
  const std::size_t comma = description.rfind(", ");
  // Without a comma it is a city of a country without states, or, in North America, a state or province by its name.
  if (comma == std::string::npos) return {.locality = e164.starts_with("+1") ? "" : description, .region = {}};
  return {.locality = description.substr(0, comma), .region = description.substr(comma + 2)};
}

bool takes_messages(std::string_view country, Kind kind) { return kind == Kind::kMobile || is_north_american(country); }

std::string_view address_requirement(std::string_view country, Kind kind) {
  // Local numbers of these ask for an address near them, those of the others for any. Source: Twilio's guidelines for
  // each country, as far as their answers are known.
  constexpr std::array<std::string_view, 10> kLocal{"AT", "BE", "CH", "DE", "ES", "FR", "IT", "JP", "PT", "SG"};
  constexpr std::array<std::string_view, 8> kAny{"AU", "GB", "HK", "IE", "NL", "NO", "NZ", "ZA"};
  if (kind == Kind::kLocal && std::ranges::find(kLocal, country) != kLocal.end()) return "local";
  if (std::ranges::find(kAny, country) != kAny.end()) return "any";
  return "none";
}

DigitPattern::DigitPattern(std::string_view text) {
  std::size_t plain = 0;
  std::string piece;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char key = keypad(text[i]);
    if (key == '+' && i == 0) {
      at_start_ = true;
    } else if (key == '$' && i + 1 == text.size()) {
      at_end_ = true;
    } else if (key == '%') {
      pieces_.push_back(std::exchange(piece, {}));
    } else if (key == '*' || (key >= '0' && key <= '9')) {
      piece += key;
      if (key != '*') ++plain;
    } else {
      nothing_ = true;
    }
  }
  if (!text.empty() && (plain < kPlainMin || text.size() > kPatternMax)) nothing_ = true;
  if (!text.empty()) pieces_.push_back(std::move(piece));
}

namespace {

bool same(std::string_view piece, std::string_view digits) {
  if (digits.size() < piece.size()) return false;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (piece[i] != '*' && piece[i] != digits[i]) return false;
  }
  return true;
}

}  // namespace

bool DigitPattern::matches(std::string_view digits) const {
  if (nothing_) return false;
  std::size_t at = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const std::string& piece = pieces_[i];
    if (at_end_ && i + 1 == pieces_.size()) {
      if (digits.size() < at + piece.size()) return false;
      const std::size_t end = digits.size() - piece.size();
      return (!(at_start_ && i == 0) || end == 0) && same(piece, digits.substr(end));
    }
    while (!same(piece, digits.substr(at))) {
      if ((at_start_ && i == 0) || ++at > digits.size()) return false;
    }
    at += piece.size();
  }
  return true;
}

void DigitPattern::put_into(std::string& national, const std::string& calling_code, std::uint64_t step) const {
  std::size_t length = 0;
  for (const std::string& piece : pieces_) length += piece.size();
  const bool whole = at_start_ && !pieces_.empty() && pieces_.front().starts_with(calling_code);
  if (whole) length -= calling_code.size();
  if (length > national.size()) return;
  // The room that is left goes before the first piece, between them, and behind the last, another way in each step.
  std::size_t room = national.size() - length;
  std::size_t at = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    std::string_view piece = pieces_[i];
    std::size_t gap = static_cast<std::size_t>(step % (room + 1));
    if (i == 0 && at_start_) gap = 0;
    if (i + 1 == pieces_.size() && at_end_) gap = room;
    if (i == 0 && whole) piece.remove_prefix(calling_code.size());
    step = scatter(step);
    room -= gap;
    at += gap;
    for (const char c : piece) {
      if (c != '*') national[at] = c;
      ++at;
    }
  }
}

Candidates::Candidates(const Search& what) : what_(what), pattern_(what.contains) {
  calling_code_ = library().GetCountryCodeForRegion(what_.country);
  pn::PhoneNumber example;
  if (has_kind(what_.country, what_.kind) &&
      library().GetExampleNumberForType(what_.country, type_of(what_.kind), &example)) {
    model_ = digits_of_national(example);
  }
}

const std::vector<std::string>& Candidates::prefixes() const {
  return what_.prefixes.empty() ? area_codes(what_.country) : what_.prefixes;
}

std::optional<std::string> Candidates::next() {
  if (model_.empty()) return std::nullopt;
  const std::string calling_code = std::to_string(calling_code_);
  while (step_ < (barren_ ? kBarrenStepsMax : kStepsMax)) {
    std::uint64_t random = scatter(step_++);
    std::string national = model_;
    // The end of the number varies; in North America the area code does, too.
    std::size_t keep = national.size() > 7 ? national.size() - 7 : 1;
    if (calling_code_ == 1 && what_.kind == Kind::kLocal) {
      const auto& all = prefixes();
      if (all.empty()) return std::nullopt;
      const std::string& prefix = all[random % all.size()];
      if (prefix.size() >= national.size()) return std::nullopt;
      national.replace(0, prefix.size(), prefix);
      random = scatter(random);
      keep = prefix.size();
    } else if (calling_code_ == 1 && what_.kind == Kind::kTollFree) {
      national.replace(0, 3, kTollFreeCodes[random % kTollFreeCodes.size()]);
      random = scatter(random);
      keep = 3;
    } else if (calling_code_ != 1 && step_ % 2 == 0) {
      keep = std::min<std::size_t>(keep + 2, national.size() - 2);  // nearer to the example, where plans are narrow
    }
    for (std::size_t i = keep; i < national.size(); ++i) {
      national[i] = static_cast<char>('0' + random % 10);
      random /= 10;
    }
    pattern_.put_into(national, calling_code, step_);
    if (!pattern_.empty() && !pattern_.matches(calling_code + national)) continue;
    if (!what_.prefixes.empty() &&
        std::ranges::none_of(what_.prefixes, [&](const std::string& prefix) { return national.starts_with(prefix); }))
      continue;
    pn::PhoneNumber number;
    if (library().Parse("+" + calling_code + national, "ZZ", &number) != Util::NO_PARSING_ERROR) continue;
    if (!library().IsValidNumberForRegion(number, what_.country) ||
        !same_kind(library().GetNumberType(number), what_.kind))
      continue;
    if (digits_of_national(number) != national) continue;
    std::string e164;
    library().Format(number, Util::E164, &e164);
    barren_ = false;
    return e164;
  }
  return std::nullopt;
}

}  // namespace dialtone::numbers
