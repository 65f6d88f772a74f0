// Lists of the generic behaviour, filtered by what the operation's parameters name.

#include "rest/generic.hpp"
#include "rest/generic_resource.hpp"
#include "rest/paging.hpp"
#include "rest/values.hpp"

namespace dialtone::rest {

using catalogue::Place;
using catalogue::Schema;

Task<Result<Reply>> Generic::list(Context& context, const PathModel& model) {
  // Filters that name a property of the resource compare with it; Date< and Date> are inclusive bounds.
  struct Filter {
    std::string property;
    std::string value;
    char relation;
  };
  std::vector<Filter> filters;
  for (std::size_t i = 0; i < context.operation.parameter_count(); ++i) {
    const auto parameter = context.operation.parameter_at(i);
    if (parameter.place() != Place::kQuery || parameter.property().empty()) continue;
    const std::string* value = context.query.find(parameter.name());
    if (!value || value->empty()) continue;
    const char last = parameter.name().back();
    filters.push_back({std::string(parameter.property()), *value, last == '<' || last == '>' ? last : '='});
  }
  const TimePoint now = services_.clock.now();
  Listing listing{.scope = address(context, model).scope};
  if (!filters.empty()) {
    listing.keep = [filters](const store::Record& row) {
      const json::object resource = kept_resource(row.value);
      return std::ranges::all_of(filters, [&](const Filter& filter) {
        const json::value* member = resource.if_contains(filter.property);
        if (!member) return true;
        const std::string text = member->is_string() ? std::string(member->get_string()) : wire_json(*member);
        const auto wanted = parse_time(filter.value);
        const auto actual = parse_time(text);
        if (wanted && actual && text.size() > 8) {
          const auto day = [](TimePoint time) { return std::chrono::floor<std::chrono::days>(time); };
          if (filter.relation == '<')
            return wanted->whole_day ? day(actual->time) <= day(wanted->time) : actual->time <= wanted->time;
          if (filter.relation == '>') return actual->time >= wanted->time;
          return wanted->whole_day ? day(actual->time) == day(wanted->time) : actual->time == wanted->time;
        }
        return text == filter.value;
      });
    };
  }
  const Schema schema = context.operation.item();
  listing.append = [schema, now](std::string& out, const store::Record& row) {
    if (schema.type() == catalogue::Type::kString) {
      append_json_string(out, row.id);  // a list of names
    } else if (schema.property_count() == 0) {
      out += row.value;
    } else {
      append_wire_json(out, shape(kept_resource(row.value), schema, now));
    }
  };
  auto answer = co_await rest::list(context, services_.ledger.store(), std::move(listing));
  if (answer) answer->headers.emplace_back("Dialtone-Behaviour", "generic");
  co_return answer;
}

}  // namespace dialtone::rest
