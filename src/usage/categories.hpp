#pragma once
// What usage is counted by. Some categories are counted, others are sums of those: `sms` is all that begins with it.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace dialtone::usage {

struct Category {
  std::string_view name;
  std::string_view description;
  std::string_view unit;  ///< of count and usage
};

/// All, in the order in which the API lists them.
std::span<const Category> categories();
const Category* find_category(std::string_view name);
/// Could it be one of Twilio's hundreds? Those that we do not know are never used.
bool is_category_name(std::string_view name);

/// Those that are counted.
enum class Counted : std::uint8_t {
  kSmsInboundLongcode,
  kSmsInboundShortcode,
  kSmsOutboundLongcode,
  kSmsOutboundShortcode,
  kMmsInboundLongcode,
  kMmsInboundShortcode,
  kMmsOutboundLongcode,
  kMmsOutboundShortcode,
  kNumbersLocal,
  kNumbersMobile,
  kNumbersTollfree,
};
inline constexpr std::size_t kCountedCount = 11;
std::string_view name_of(Counted counted);
std::optional<Counted> parse_counted(std::string_view name);
/// Is `counted` part of the category?
bool belongs(Counted counted, std::string_view category);

struct Amount {
  std::int64_t count = 0;
  std::int64_t usage = 0;
  std::int64_t price = 0;  ///< hundred-thousandths of a dollar

  Amount& operator+=(const Amount& other) {
    count += other.count;
    usage += other.usage;
    price += other.price;
    return *this;
  }
  friend bool operator==(const Amount&, const Amount&) = default;
};
using Amounts = std::array<Amount, kCountedCount>;

/// The sum of those that belong to the category.
Amount total(const Amounts& amounts, std::string_view category);

}  // namespace dialtone::usage
