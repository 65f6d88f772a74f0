#pragma once
// Filters by date as the 2010 API has them: three parameters, `DateSent`, `DateSent<` and `DateSent>`; both
// inequalities include the bound, and a date without a time is its whole UTC day.

#include <optional>

#include "base/clock.hpp"
#include "rest/context.hpp"

namespace dialtone::rest {

struct DateFilter {
  std::optional<ParsedTime> on, before, after;

  [[nodiscard]] bool any() const { return on || before || after; }
  [[nodiscard]] bool keeps(TimePoint time) const;
};

/// Error: 20001 for what is no date.
Result<DateFilter> read_date_filter(const Fields& query, const std::string& name);

}  // namespace dialtone::rest
