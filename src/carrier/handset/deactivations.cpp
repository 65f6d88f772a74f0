#include "carrier/handset/deactivations.hpp"

#include <charconv>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/e164.hpp"
#include "base/form.hpp"
#include "webhook/signature.hpp"

namespace dialtone::carrier::handset {
namespace {

constexpr std::size_t kBatch = 1000;

std::string scope_of(std::string_view owner, std::string_view date) {
  return owner.empty() ? fmt::format("system/Deactivations/{}", date)
                       : fmt::format("{}/dialtone/Deactivations/{}", owner, date);
}

std::string numbers_scope(std::string_view owner) {
  return owner.empty() ? std::string("system/DeactivatedNumbers")
                       : fmt::format("{}/dialtone/DeactivatedNumbers", owner);
}

std::string signature_of(const rest::Account& account, std::string_view date, std::string_view expires) {
  return webhook::sign(account.auth_token, fmt::format("deactivations {} {} {}", account.sid, date, expires));
}

std::string day_of(TimePoint time) { return iso8601(time).substr(0, 10); }

Task<Result<rest::Reply>> fetch(rest::Services& services, rest::Context& context) {
  std::string date(context.query.get("Date"));
  if (!context.query.has("Date")) date = day_of(services.clock.now());
  const auto day = parse_time(date);
  if (!day || !day->whole_day || day_of(day->time) != date)
    co_return fail({errors::kBadRequest, "Invalid parameter Date: it must be a day, YYYY-MM-DD"});
  std::string url = fmt::format("{}{}", context.page_base, report_path(*context.account, date, services.clock.now()));
  std::string body = wire_json({{"redirect_to", url}});
  co_return rest::Reply{.status = 307, .body = std::move(body), .headers = {{"Location", std::move(url)}}};
}

}  // namespace

void add_deactivation(store::Transaction& transaction, std::string_view owner, std::string_view number, TimePoint now) {
  transaction.put(numbers_scope(owner), number, iso8601_precise(now));
  const auto parsed = E164::parse(number);
  if (!parsed || parsed->country() != "US") return;
  transaction.put(scope_of(owner, day_of(now)), number, number);
}

Task<std::optional<TimePoint>> deactivated_at(store::Store& store, std::string owner, std::string number) {
  const auto found = co_await store.get(numbers_scope(owner), number);
  const auto time = found ? parse_time(found->value) : Result<ParsedTime>(fail(errors::kNotFound));
  co_return time ? std::optional(time->time) : std::nullopt;
}

Task<std::string> deactivation_report(store::Store& store, std::string owner, std::string date) {
  std::string out;
  store::ListQuery query{.scope = scope_of(owner, date), .oldest_first = true, .limit = kBatch};
  while (true) {
    const auto rows = co_await store.list(query);
    for (const auto& row : rows) out.append(row->value).append("\n");
    if (rows.size() < query.limit) break;
    query.after = rows.back()->id;
  }
  co_return out;
}

std::string report_path(const rest::Account& account, std::string_view date, TimePoint now) {
  const std::string until =
      std::to_string(std::chrono::floor<std::chrono::seconds>(now + kReportUrlLifetime).time_since_epoch().count());
  return fmt::format("/_dialtone/v1/deactivations/{}/{}?{}", account.sid, date,
                     form_encode({{"Expires", until}, {"Signature", signature_of(account, date, until)}}));
}

bool is_report_signed(const rest::Account& account, std::string_view date, const rest::Fields& query, TimePoint now) {
  const std::string_view until = query.get("Expires");
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(until.data(), until.data() + until.size(), seconds);
  if (error != std::errc{} || end != until.data() + until.size()) return false;
  const auto at = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return at < seconds && equal_in_constant_time(query.get("Signature"), signature_of(account, date, until));
}

void add_deactivations(rest::Engine& engine, rest::Services& services) {
  engine.add({.host = "messaging",
              .path = "/v1/Deactivations",
              .methods = {{.method = catalogue::Method::kGet,
                           .run = [&services](rest::Context& context) { return fetch(services, context); },
                           .validates = true}}});
}

}  // namespace dialtone::carrier::handset
