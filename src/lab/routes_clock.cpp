#include <charconv>

#include <fmt/format.h>

#include "lab/routes.hpp"

namespace dialtone::lab::routes {
namespace {

constexpr std::chrono::hours kAdvanceMax{24 * 366 * 20};

json::object state(const Clock& clock) {
  json::object out;
  out["time"] = iso8601_precise(clock.now());
  out["frozen"] = clock.frozen();
  const auto next = clock.next_due();
  out["next_timer"] = next ? json::value(iso8601_precise(*next)) : json::value(nullptr);
  return out;
}

/// `90s`, `15m`, `2h`, `7d`, `250ms`; seconds without a unit.
Result<Duration> parse_duration(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit = error == std::errc{} ? text.substr(static_cast<std::size_t>(end - text.data())) : "bad";
  double seconds = -1;
  for (const auto& [name, factor] :
       {std::pair<std::string_view, double>{"", 1}, {"s", 1}, {"ms", 0.001}, {"m", 60}, {"h", 3600}, {"d", 86400}}) {
    if (unit == name) seconds = value * factor;
  }
  if (!(seconds >= 0) || seconds > static_cast<double>(std::chrono::seconds(kAdvanceMax).count())) {
    return fail({errors::kBadRequest, "by must be like 90s, 15m, 2h or 7d"});
  }
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

/// A lab that moved its clock says so in the journal: what follows is to be read with it.
Task<Result<net::Response>> tell(rest::Services& services, std::string_view action) {
  store::Transaction transaction;
  const json::object now = state(services.clock);
  transaction.journal({.at = services.clock.now(),
                       .kind = fmt::format("clock.{}", action),
                       .account = {},
                       .subject = "clock",
                       .data = wire_json(now)});
  DT_CO_CHECK(co_await services.ledger.finish(std::move(transaction)));
  co_return json_response(now);
}

}  // namespace

void clock(Control& control, rest::Services& services) {
  control.add(
      {.method = "GET",
       .path = "/clock",
       .summary = "The time that the program shows",
       .run = [&](ControlRequest&) -> Task<Result<net::Response>> { co_return json_response(state(services.clock)); }});
  control.add({.method = "POST",
               .path = "/clock/freeze",
               .summary = "Stops the clock",
               .run = [&](ControlRequest&) -> Task<Result<net::Response>> {
                 services.clock.freeze();
                 co_return co_await tell(services, "frozen");
               }});
  control.add({.method = "POST",
               .path = "/clock/resume",
               .summary = "Lets the clock run on from the time it shows",
               .run = [&](ControlRequest&) -> Task<Result<net::Response>> {
                 services.clock.resume();
                 co_return co_await tell(services, "resumed");
               }});
  control.add({.method = "POST",
               .path = "/clock/set",
               .summary = "Sets the clock; timers that are due by then run",
               .run = [&](ControlRequest& request) -> Task<Result<net::Response>> {
                 DT_CO_TRY(const auto text, request.text("time"));
                 DT_CO_TRY(const auto time, parse_time(text));
                 services.clock.set(time.time);
                 co_return co_await tell(services, "set");
               },
               .body = {{"time", "ISO 8601"}}});
  control.add({.method = "POST",
               .path = "/clock/advance",
               .summary = "Moves the clock forward; timers that are due by then run",
               .run = [&](ControlRequest& request) -> Task<Result<net::Response>> {
                 DT_CO_TRY(const auto text, request.text("by"));
                 DT_CO_TRY(const auto by, parse_duration(text));
                 services.clock.set(services.clock.now() + by);
                 co_return co_await tell(services, "advanced");
               },
               .body = {{"by", "90s, 15m, 2h, 7d"}}});
}

}  // namespace dialtone::lab::routes
