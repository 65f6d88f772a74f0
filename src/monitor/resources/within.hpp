#pragma once

#include <string_view>

#include "base/clock.hpp"

namespace dialtone::monitor::resources {

/// Does `date` lie between the two (empty: open)? An end without a time means its whole day.
inline bool within(std::string_view date, std::string_view from, std::string_view to) {
  const auto at = parse_time(date);
  if (!at) return true;
  if (const auto start = parse_time(from); start && at->time < start->time) return false;
  if (const auto end = parse_time(to)) {
    const TimePoint last = end->whole_day ? end->time + std::chrono::days(1) : end->time;
    if (at->time > last) return false;
  }
  return true;
}

}  // namespace dialtone::monitor::resources
