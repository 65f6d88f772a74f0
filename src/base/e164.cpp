#include "base/e164.hpp"

#include <cstring>
#include <memory>
#include <optional>
#include <set>

#include <phonenumbers/phonenumberutil.h>

namespace dialtone {

/// Builds a number whose text is already known to be right.
struct E164Access {
  static E164 make(std::string_view text, int calling_code) {
    E164 number;
    std::memcpy(number.text_.data(), text.data(), text.size());
    number.size_ = static_cast<std::uint8_t>(text.size());
    number.calling_code_ = static_cast<std::uint16_t>(calling_code);
    return number;
  }
  static E164 none() { return {}; }
};

namespace {

namespace pn = i18n::phonenumbers;

constexpr std::size_t kTextMax = 40;  ///< of input; longer text is no phone number however it is spaced
constexpr std::size_t kCacheKeyMax = 30;
constexpr std::size_t kCacheSetsMax = 4096;  ///< two entries each

/// The library loads its tables at the first use, some 10 ms, so a start that parses no number does not pay for it.
const pn::PhoneNumberUtil& library() { return *pn::PhoneNumberUtil::GetInstance(); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// Remembers the last values by text; two places per set, the older one gives way. One per thread, so it needs no lock.
template <typename Value>
class Cache {
 public:
  const Value* find(std::string_view key) {
    Entry* set = set_of(key);
    if (set[0].holds(key)) return &set[0].value;
    if (!set[1].holds(key)) return nullptr;
    std::swap(set[0], set[1]);
    return &set[0].value;
  }
  void put(std::string_view key, const Value& value) {
    if (key.size() > kCacheKeyMax) return;
    Entry* set = set_of(key);
    set[1] = set[0];
    set[0].value = value;
    set[0].size = static_cast<std::uint8_t>(key.size());
    std::memcpy(set[0].key.data(), key.data(), key.size());
  }

 private:
  struct Entry {
    std::array<char, kCacheKeyMax> key{};
    std::uint8_t size = 0;  ///< 0: empty
    Value value;
    [[nodiscard]] bool holds(std::string_view other) const {
      return size == other.size() && size != 0 && std::memcmp(key.data(), other.data(), size) == 0;
    }
  };
  Entry* set_of(std::string_view key) { return &entries_[2 * (TextHash()(key) % kCacheSetsMax)]; }

  std::unique_ptr<Entry[]> entries_ = std::make_unique<Entry[]>(2 * kCacheSetsMax);
};

struct CachedNumber {
  E164 number = E164Access::none();
};

struct Facts {
  std::array<char, 2> country{};  ///< zeros: of no country
  LineType type = LineType::kUnknown;
};

/// The digits of `text`, with its plus if it has one; empty when it holds anything else.
struct Stripped {
  std::array<char, kTextMax> text;
  std::size_t size = 0;
  [[nodiscard]] std::string_view view() const { return {text.data(), size}; }
};
Stripped strip(std::string_view text) {
  Stripped out;
  if (text.size() > kTextMax) return {};
  for (const char c : text) {
    if (is_digit(c) || (c == '+' && out.size == 0)) {
      out.text[out.size++] = c;
    } else if (c != ' ' && c != '-' && c != '.' && c != '(' && c != ')') {
      return {};
    }
  }
  return out;
}

/// In the North American plan ten digits are a possible number, and none that begins 2–9 can hold a prefix to remove.
bool is_plain_north_american(std::string_view text) {
  return text.size() == 12 && text.starts_with("+1") && text[2] >= '2' && text[2] <= '9';
}

std::optional<E164> ask_library(std::string_view text, std::string_view default_region) {
  const bool international = text.starts_with('+');
  pn::PhoneNumber number;
  const std::string region = international ? "ZZ" : std::string(default_region);
  if (library().Parse(std::string(text), region, &number) != pn::PhoneNumberUtil::NO_PARSING_ERROR) return {};
  if (library().IsPossibleNumberWithReason(number) != pn::PhoneNumberUtil::IS_POSSIBLE) return {};
  std::string formatted;
  library().Format(number, pn::PhoneNumberUtil::E164, &formatted);
  if (formatted.size() > kE164DigitsMax + 1) return {};
  if (formatted != text) {
    // Of `+44 00…` one 0 is dropped, and of the result another: such text stands for no one number.
    const auto again = ask_library(formatted, default_region);
    if (!again || again->text() != formatted) return {};
  }
  return E164Access::make(formatted, number.country_code());
}

pn::PhoneNumber library_number(const E164& number) {
  pn::PhoneNumber parsed;
  library().Parse(number.str(), "ZZ", &parsed);
  return parsed;
}

LineType line_type_of(pn::PhoneNumberUtil::PhoneNumberType type) {
  switch (type) {
    case pn::PhoneNumberUtil::FIXED_LINE:
      return LineType::kLandline;
    case pn::PhoneNumberUtil::MOBILE:
      return LineType::kMobile;
    case pn::PhoneNumberUtil::FIXED_LINE_OR_MOBILE:
      return LineType::kLandlineOrMobile;
    case pn::PhoneNumberUtil::TOLL_FREE:
      return LineType::kTollFree;
    case pn::PhoneNumberUtil::PREMIUM_RATE:
      return LineType::kPremium;
    case pn::PhoneNumberUtil::SHARED_COST:
    case pn::PhoneNumberUtil::VOIP:
    case pn::PhoneNumberUtil::PERSONAL_NUMBER:
    case pn::PhoneNumberUtil::PAGER:
    case pn::PhoneNumberUtil::UAN:
    case pn::PhoneNumberUtil::VOICEMAIL:
      return LineType::kOther;
    case pn::PhoneNumberUtil::UNKNOWN:
      return LineType::kUnknown;
  }
  return LineType::kUnknown;
}

Facts facts_of(const E164& number) {
  thread_local Cache<Facts> cache;
  if (const Facts* known = cache.find(number.text())) return *known;
  const pn::PhoneNumber parsed = library_number(number);
  std::string region;
  library().GetRegionCodeForNumber(parsed, &region);
  if (region == "ZZ") library().GetRegionCodeForCountryCode(number.calling_code(), &region);
  Facts facts{.type = line_type_of(library().GetNumberType(parsed))};
  if (region.size() == 2) facts.country = {region[0], region[1]};  // else "001": a network that spans the world
  cache.put(number.text(), facts);
  return facts;
}

}  // namespace

Result<E164> E164::parse(std::string_view text, std::string_view default_region) {
  thread_local Cache<CachedNumber> cache;
  const Stripped stripped = strip(text);
  const std::string_view digits = stripped.view();
  if (is_plain_north_american(digits)) return E164Access::make(digits, 1);
  if (digits.empty() || default_region.size() != 2) return fail(errors::kInvalidPhoneNumber);

  // The key: the region only matters without a plus.
  std::array<char, kTextMax + 2> key_text;
  std::size_t key_size = digits.copy(key_text.data(), digits.size());
  if (!digits.starts_with('+')) key_size += default_region.copy(key_text.data() + key_size, 2);
  const std::string_view key(key_text.data(), key_size);
  if (const CachedNumber* known = cache.find(key)) return known->number;

  const auto number = ask_library(digits, default_region);
  if (!number) return fail(errors::kInvalidPhoneNumber);
  cache.put(key, {*number});
  return *number;
}

std::string E164::country() const {
  const Facts facts = facts_of(*this);
  return facts.country[0] == 0 ? std::string() : std::string(facts.country.data(), facts.country.size());
}

std::string E164::national_format() const {
  std::string out;
  library().Format(library_number(*this), pn::PhoneNumberUtil::NATIONAL, &out);
  return out;
}

LineType E164::line_type() const { return facts_of(*this).type; }

bool E164::is_us_or_canada() const {
  if (calling_code_ != 1) return false;
  const auto country = facts_of(*this).country;
  return country == std::array{'U', 'S'} || country == std::array{'C', 'A'};
}

bool E164::is_mobile_or_unknown() const {
  const LineType type = line_type();
  return type != LineType::kLandline && type != LineType::kTollFree && type != LineType::kPremium;
}

const std::vector<std::pair<std::string, int>>& calling_codes() {
  static const std::vector<std::pair<std::string, int>> all = [] {
    std::set<std::string> regions;
    library().GetSupportedRegions(&regions);
    std::vector<std::pair<std::string, int>> out;
    for (const std::string& region : regions) out.emplace_back(region, library().GetCountryCodeForRegion(region));
    return out;
  }();
  return all;
}

bool is_short_code(std::string_view text) {
  return text.size() >= 3 && text.size() <= 8 && std::ranges::all_of(text, is_digit);
}

bool is_alphanumeric_sender(std::string_view text) {
  const auto allowed = [](char c) {
    return is_letter(c) || is_digit(c) || c == ' ' || c == '+' || c == '-' || c == '_' || c == '&';
  };
  return !text.empty() && text.size() <= 11 && std::ranges::all_of(text, allowed) &&
         std::ranges::any_of(text, is_letter);
}

}  // namespace dialtone
