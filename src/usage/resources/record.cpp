// Usage/Records: what an account used in a span of time, whole or by day, month or year.
#include <algorithm>
#include <array>
#include <charconv>

#include "rest/paging.hpp"
#include "rest/values.hpp"
#include "usage/resources/resources.hpp"

namespace dialtone::usage::resources {
namespace {

using rest::Context;
using rest::Reply;
using std::chrono::days;

constexpr Day kBeginning = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);

struct Span {
  Day first;
  Day last;
};

/// How a view of the records cuts time.
enum class View : std::uint8_t { kWhole, kDaily, kMonthly, kYearly, kToday, kYesterday, kThisMonth, kLastMonth };
struct Word {
  std::string_view path;  ///< what stands between Records and .json
  View view;
};
constexpr std::array<Word, 9> kWords{{{"", View::kWhole},
                                      {"/AllTime", View::kWhole},
                                      {"/Daily", View::kDaily},
                                      {"/LastMonth", View::kLastMonth},
                                      {"/Monthly", View::kMonthly},
                                      {"/ThisMonth", View::kThisMonth},
                                      {"/Today", View::kToday},
                                      {"/Yearly", View::kYearly},
                                      {"/Yesterday", View::kYesterday}}};

/// `2026-01-31`, or so many days from today: `-30days`, `+0days`. Error: 20001.
Result<Day> day_of(std::string_view name, const std::string* text, Day otherwise, Day today) {
  if (!text || text->empty()) return otherwise;
  if (text->ends_with("days")) {
    const std::string_view number = std::string_view(*text).substr(text->starts_with('+') ? 1 : 0);
    int count = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), count);
    if (error == std::errc() && std::string_view(end) == "days" && std::abs(count) <= 20'000)
      return today + days(count);
  } else if (const auto day = parse_day(*text)) {
    return *day;
  }
  return fail({errors::kBadRequest, fmt::format("Invalid {}: {}", name, *text)});
}

Day month_start(Day day) {
  const std::chrono::year_month_day date(day);
  return std::chrono::sys_days(date.year() / date.month() / 1);
}
Day year_start(Day day) { return std::chrono::sys_days(std::chrono::year_month_day(day).year() / 1 / 1); }

/// The spans that the view shows of first…last, newest first.
std::vector<Span> spans_of(View view, Day first, Day last) {
  std::vector<Span> out;
  if (view == View::kDaily) {
    for (Day day = last; day >= first; day -= days(1)) out.push_back({day, day});
  } else if (view == View::kMonthly) {
    for (Day day = last; day >= first; day = month_start(day) - days(1))
      out.push_back({std::max(first, month_start(day)), day});
  } else if (view == View::kYearly) {
    for (Day day = last; day >= first; day = year_start(day) - days(1))
      out.push_back({std::max(first, year_start(day)), day});
  } else {
    out.push_back({first, last});
  }
  return out;
}

json::object row(const Context& context, const Category& category, const Span& span, const Amount& amount,
                 TimePoint now) {
  const std::string& sid = context.account->sid;
  const std::string base = fmt::format("/2010-04-01/Accounts/{}/Usage/Records", sid);
  json::object views;
  for (const auto& [name, word] : {std::pair{"all_time", "AllTime"},
                                   {"daily", "Daily"},
                                   {"last_month", "LastMonth"},
                                   {"monthly", "Monthly"},
                                   {"this_month", "ThisMonth"},
                                   {"today", "Today"},
                                   {"yearly", "Yearly"},
                                   {"yesterday", "Yesterday"}}) {
    views[name] = fmt::format("{}/{}.json?Category={}", base, word, category.name);
  }
  const bool money = category.name == "totalprice";
  const std::string first = text_of_day(span.first);
  const std::string last = text_of_day(span.last);
  json::object out;
  out["account_sid"] = sid;
  out["api_version"] = "2010-04-01";
  out["as_of"] = iso8601(now).substr(0, 19) + "+00:00";
  out["category"] = category.name;
  out["count"] = money ? json::value(nullptr) : json::value(std::to_string(amount.count));
  out["count_unit"] = category.unit;
  out["description"] = category.description;
  out["end_date"] = last;
  out["price"] = static_cast<double>(amount.price) / 100'000;
  out["price_unit"] = "usd";
  out["start_date"] = first;
  out["subresource_uris"] = std::move(views);
  out["uri"] = fmt::format("{}.json?Category={}&StartDate={}&EndDate={}", base, category.name, first, last);
  out["usage"] = money ? value_text(amount.price, true) : std::to_string(amount.usage);
  out["usage_unit"] = money ? std::string_view("usd") : category.unit;
  return out;
}

Task<Result<Reply>> list(rest::Services& services, Meter& meter, View view, Context& context) {
  const TimePoint now = services.clock.now();
  const Day today = std::chrono::floor<days>(now);
  Day first = kBeginning;
  Day last = today;
  const auto record = co_await services.ledger.store().get("system/Accounts", context.account->sid);
  if (record) {
    if (const auto made = parse_day(text_of(stored_object(record->value), "date_created")))
      first = std::min(*made, today);
  }
  // What the view is about does not depend on the dates of the query.
  if (view == View::kToday) first = today;
  if (view == View::kYesterday) first = last = today - days(1);
  if (view == View::kThisMonth) first = month_start(today);
  if (view == View::kLastMonth) {
    last = month_start(today) - days(1);
    first = month_start(last);
  }
  if (view == View::kWhole || view == View::kDaily || view == View::kMonthly || view == View::kYearly) {
    DT_CO_TRY(first, day_of("StartDate", context.query.find("StartDate"), first, today));
    DT_CO_TRY(last, day_of("EndDate", context.query.find("EndDate"), last, today));
  }
  first = std::max(first, kBeginning);
  last = std::min(last, std::max(today, first));
  if (last < first) co_return fail({errors::kBadRequest, "EndDate lies before StartDate"});

  std::vector<const Category*> wanted;
  const std::string_view category = context.query.get("Category");
  for (const Category& each : categories()) {
    if (category.empty() || each.name == category) wanted.push_back(&each);
  }
  const Category unknown{.name = category, .description = category, .unit = ""};
  if (wanted.empty() && is_category_name(category)) wanted.push_back(&unknown);
  if (wanted.empty()) co_return fail({errors::kBadRequest, fmt::format("Invalid Category: {}", category)});

  co_await meter.flush();
  std::map<Day, Amounts> used;
  std::vector<std::string> accounts{context.account->sid};
  if (context.query.flag("IncludeSubaccounts", true)) {
    accounts = co_await meter.with_subaccounts(context.account->sid);
  }
  for (const auto& account : accounts) {
    for (const auto& [day, amounts] : co_await meter.days(account, first, last)) {
      auto& sum = used[day];
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += amounts[i];
    }
  }

  const std::vector<Span> spans = spans_of(view, first, last);
  const std::size_t count = spans.size() * wanted.size();
  DT_CO_TRY(const auto page, rest::parse_page(context));
  std::size_t begin = 0;
  if (!page.after.empty()) {
    std::size_t edge = 0;
    const auto [end, error] = std::from_chars(page.after.data(), page.after.data() + page.after.size(), edge);
    if (error != std::errc() || end != page.after.data() + page.after.size()) co_return fail(rest::kInvalidPageToken);
    begin = page.backwards ? edge - std::min(edge, page.size) : edge + 1;
  }
  const std::size_t end = std::min(count, begin + page.size);
  std::string rows;
  for (std::size_t i = begin; i < end; ++i) {
    const Span& span = spans[i / wanted.size()];
    const Category& each = *wanted[i % wanted.size()];
    Amount sum;
    for (auto at = used.lower_bound(span.first); at != used.end() && at->first <= span.last; ++at) {
      sum += total(at->second, each.name);
    }
    if (i > begin) rows += ", ";
    append_wire_json(rows, rest::shape(row(context, each, span, sum, now), context.operation.item(), now));
  }
  rest::PageEdge edge;
  edge.count = end > begin ? end - begin : 0;
  edge.more = end < count;
  if (edge.count > 0) {
    edge.first_id = std::to_string(begin);
    edge.last_id = std::to_string(end - 1);
  }
  co_return Reply{.status = 200, .body = rest::render_page(context, page, edge, rows)};
}

}  // namespace

void add_records(rest::Engine& engine, rest::Services& services, Meter& meter) {
  for (const Word& word : kWords) {
    engine.add({.host = "api",
                .path = fmt::format("/2010-04-01/Accounts/{{AccountSid}}/Usage/Records{}.json", word.path),
                .methods = {
                    {.method = catalogue::Method::kGet, .run = [&services, &meter, view = word.view](Context& context) {
                       return list(services, meter, view, context);
                     }}}});
  }
}

void add_to(rest::Engine& engine, rest::Services& services, Meter& meter, Triggers& triggers) {
  add_records(engine, services, meter);
  add_triggers(engine, services, triggers);
  engine.add(balance(services, meter));
}

}  // namespace dialtone::usage::resources
