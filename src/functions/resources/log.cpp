#include <boost/algorithm/string/predicate.hpp>

#include "functions/resources/common.hpp"
#include "functions/resources/resources.hpp"
#include "rest/paging.hpp"

namespace dialtone::functions::resources {
namespace {

constexpr std::chrono::hours kDefaultSpan{24};

/// A member's text without reading the whole: the record is ours.
std::string_view member(std::string_view object, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\": \"";
  // Dates and levels stand outside of the message; its quotes are escaped.
  const std::size_t at = object.rfind(key);
  if (at == std::string_view::npos) return {};
  object.remove_prefix(at + key.size());
  return object.substr(0, object.find('"'));
}

Result<std::optional<TimePoint>> date(const Context& context, std::string_view name) {
  const std::string* given = context.query.find(name);
  if (!given || given->empty()) return std::nullopt;
  const auto time = parse_time(*given);
  if (!time) return fail(invalid(name, "is not a date"));
  return time->time;
}

Task<Result<Reply>> list_logs(Platform& platform, Context& context) {
  DT_CO_TRY(const InEnvironment in, co_await find_environment(platform, context));
  DT_CO_TRY(const auto start, date(context, "StartDate"));
  DT_CO_TRY(const auto end, date(context, "EndDate"));
  const TimePoint now = platform.services().clock.now();
  const std::string from = iso8601(std::max(start.value_or(end.value_or(now) - kDefaultSpan), now - kLogsAge));
  const std::string to = iso8601(end.value_or(now));
  const std::string level(context.query.get("Level"));
  rest::Listing listing{.scope = in.scope(context, "Logs")};
  if (const std::string_view function = context.query.get("FunctionSid"); !function.empty()) {
    listing.term = store::Term{.field = "function", .value = std::string(function)};
  }
  listing.keep = [&](const store::Record& record) {
    const std::string_view text = shown_text(record);
    const std::string_view made = member(text, "date_created");
    if (made < from || made > to) return false;
    if (level.empty()) return true;
    return boost::iequals(text_of(stored_object(text), "level"), level);
  };
  listing.append = [](std::string& out, const store::Record& record) { out += shown_text(record); };
  co_return co_await rest::list(context, platform.services().ledger.store(), std::move(listing));
}

}  // namespace

/// What functions wrote, newest first. Beside Twilio's filters, `Level` (INFO, WARN, ERROR). Source: Serverless v1,
/// Log.
rest::Resource logs(Platform& platform) {
  return {
      .host = "serverless",
      .path = "/v1/Services/{ServiceSid}/Environments/{EnvironmentSid}/Logs",
      .methods = {{catalogue::Method::kGet, [&platform](Context& context) { return list_logs(platform, context); }}}};
}

rest::Resource log(Platform& platform) {
  return {.host = "serverless",
          .path = "/v1/Services/{ServiceSid}/Environments/{EnvironmentSid}/Logs/{Sid}",
          .methods = {{catalogue::Method::kGet, [&platform](Context& context) -> Task<Result<Reply>> {
                         DT_CO_TRY(const InEnvironment in, co_await find_environment(platform, context));
                         DT_CO_TRY(const Found found,
                                   co_await find_in(platform, context, in.scope(context, "Logs"), "Sid"));
                         co_return shown(200, *found.record);
                       }}}};
}

}  // namespace dialtone::functions::resources
