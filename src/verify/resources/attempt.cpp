#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

#include "rest/paging.hpp"
#include "rest/values.hpp"
#include "verify/errors.hpp"
#include "verify/resources/parts.hpp"

// Each send of a code, and counts of them. Source: Verify v2, VerificationAttempts and VerificationAttemptsSummary.

namespace dialtone::verify::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

constexpr std::size_t kBatch = 1000;

std::string attempt_scope(const Context& context) { return fmt::format("{}/verify/v2/Attempts", context.account->sid); }

/// What the query asks for.
struct Filter {
  std::string to, prefix, country, channel, service, verification, status;
  std::optional<TimePoint> after = {};
  std::optional<TimePoint> before = {};

  [[nodiscard]] bool fits(const json::object& attempt) const {
    const json::value* more = attempt.if_contains("channel_data");
    const json::object data = more && more->is_object() ? more->get_object() : json::object{};
    const auto is = [](const std::string& wanted, std::string_view value) { return wanted.empty() || wanted == value; };
    const auto made = parse_time(text_of(attempt, "date_created"));
    return is(to, text_of(data, "to")) && text_of(data, "to").starts_with(prefix) &&
           is(country, text_of(data, "country")) && is(channel, text_of(attempt, "channel")) &&
           is(service, text_of(attempt, "service_sid")) && is(verification, text_of(attempt, "verification_sid")) &&
           is(status, text_of(attempt, "conversion_status")) && (!after || !made || made->time >= *after) &&
           (!before || !made || made->time <= *before);
  }
};

/// Error: 60200 for a date that is none.
Result<Filter> filter_of(const Context& context) {
  const auto asked = [&](std::string_view name) { return std::string(context.query.get(name)); };
  Filter filter{.to = asked("ChannelData.To"),
                .prefix = asked("DestinationPrefix"),
                .country = asked("Country"),
                .channel = asked("Channel"),
                .service = asked("VerifyServiceSid"),
                .verification = asked("VerificationSid"),
                .status = boost::algorithm::to_lower_copy(asked("Status"))};
  for (const auto& [name, bound] :
       {std::pair{"DateCreatedAfter", &filter.after}, std::pair{"DateCreatedBefore", &filter.before}}) {
    const std::string_view text = context.query.get(name);
    if (text.empty()) continue;
    const auto parsed = parse_time(text);
    if (!parsed) return fail(errors::invalid(name));
    *bound = parsed->time;
  }
  if (filter.to.starts_with(' ')) filter.to[0] = '+';  // a plus that was not encoded
  if (filter.prefix.starts_with(' ')) filter.prefix[0] = '+';
  return filter;
}

Task<Result<Reply>> list(rest::Services& services, Context& context) {
  DT_CO_TRY(Filter filter, filter_of(context));
  rest::Listing listing{.scope = attempt_scope(context)};
  listing.keep = [filter = std::move(filter)](const store::Record& row) {
    return filter.fits(stored_object(row.value));
  };
  listing.append = [schema = context.operation.item(), now = services.clock.now()](std::string& out,
                                                                                   const store::Record& row) {
    append_wire_json(out, rest::shape(stored_object(row.value), schema, now));
  };
  co_return co_await rest::list(context, services.ledger.store(), std::move(listing));
}

Task<Result<Reply>> summary(rest::Services& services, Context& context) {
  DT_CO_TRY(const Filter filter, filter_of(context));
  std::size_t total = 0;
  std::size_t converted = 0;
  store::ListQuery query{.scope = attempt_scope(context), .limit = kBatch};
  while (true) {
    const auto rows = co_await services.ledger.store().list(query);
    for (const auto& row : rows) {
      const json::object attempt = stored_object(row->value);
      if (!filter.fits(attempt)) continue;
      ++total;
      if (text_of(attempt, "conversion_status") == "converted") ++converted;
    }
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
  const double rate = total == 0 ? 0.0 : 100.0 * static_cast<double>(converted) / static_cast<double>(total);
  co_return Reply{.status = 200,
                  .body = wire_json({{"total_attempts", total},
                                     {"total_converted", converted},
                                     {"total_unconverted", total - converted},
                                     {"conversion_rate_percentage", fmt::format("{:.2f}", rate)},
                                     {"url", "https://verify.twilio.com/v2/Attempts/Summary"}})};
}

}  // namespace

void add_attempts(rest::Engine& engine, rest::Services& services) {
  engine.add({.host = "verify",
              .path = "/v2/Attempts",
              .methods = {{.method = Method::kGet, .run = [&](Context& context) { return list(services, context); }}}});
  engine.add(
      {.host = "verify",
       .path = "/v2/Attempts/Summary",
       .methods = {{.method = Method::kGet, .run = [&](Context& context) { return summary(services, context); }}}});
  engine.add(
      {.host = "verify",
       .path = "/v2/Attempts/{Sid}",
       .methods = {{.method = Method::kGet, .run = [&engine](Context& context) { return engine.generic(context); }}}});
}

}  // namespace dialtone::verify::resources
