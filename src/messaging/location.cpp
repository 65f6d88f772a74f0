#include "messaging/location.hpp"

#include <charconv>
#include <cmath>

namespace dialtone::messaging {
namespace {

std::optional<double> degrees(std::string_view text, double max) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size() || !(std::abs(value) <= max)) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Location> parse_location(std::string_view text) {
  constexpr std::string_view kScheme = "geo:";
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  const auto bar = text.find('|');
  const std::string_view place = text.substr(0, bar);
  const auto comma = place.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto latitude = degrees(place.substr(0, comma), 90);
  const auto longitude = degrees(place.substr(comma + 1), 180);
  if (!latitude || !longitude) return std::nullopt;
  return Location{.latitude = *latitude,
                  .longitude = *longitude,
                  .label = bar == std::string_view::npos ? std::string() : std::string(text.substr(bar + 1))};
}

}  // namespace dialtone::messaging
