#include "rest/date_filter.hpp"

namespace dialtone::rest {
namespace {

auto day(TimePoint time) { return std::chrono::floor<std::chrono::days>(time); }
auto second(TimePoint time) { return std::chrono::floor<std::chrono::seconds>(time); }

Result<std::optional<ParsedTime>> date(const Fields& query, std::string_view name) {
  const std::string_view text = query.get(name);
  if (text.empty()) return std::nullopt;
  DT_TRY(auto time, parse_time(text));
  return time;
}

}  // namespace

bool DateFilter::keeps(TimePoint time) const {
  if (on && day(time) != day(on->time)) return false;
  if (before && (before->whole_day ? day(time) > day(before->time) : second(time) > second(before->time))) return false;
  return !after || second(time) >= second(after->time);
}

Result<DateFilter> read_date_filter(const Fields& query, const std::string& name) {
  DateFilter filter;
  DT_TRY(filter.on, date(query, name));
  if (filter.on) filter.on = ParsedTime{.time = day(filter.on->time), .whole_day = true};
  DT_TRY(filter.before, date(query, name + '<'));
  DT_TRY(filter.after, date(query, name + '>'));
  return filter;
}

}  // namespace dialtone::rest
