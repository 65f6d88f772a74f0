#include <charconv>

#include <fmt/format.h>

#include "lab/routes.hpp"

namespace dialtone::lab::routes {
namespace {

constexpr std::chrono::hours kAdvanceMax{24 * 366 * 20};

json::object state(const Clock& clock, const AutoClock& jumper) {
  json::object out;
  out["time"] = iso8601_precise(clock.now());
  out["frozen"] = clock.frozen();
  out["auto"] = jumper.on();
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
    return fail({errors::kBadRequest, "a duration is like 90s, 15m, 2h or 7d"});
  }
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

/// A lab that moved its clock says so in the journal: what follows is to be read with it.
Task<Result<net::Response>> tell(rest::Services& services, const AutoClock& jumper, std::string_view action) {
  store::Transaction transaction;
  const json::object now = state(services.clock, jumper);
  transaction.journal({.at = services.clock.now(),
                       .kind = fmt::format("clock.{}", action),
                       .account = {},
                       .subject = "clock",
                       .data = wire_json(now)});
  DT_CO_CHECK(co_await services.ledger.finish(std::move(transaction)));
  co_return json_response(now);
}

/// A point of time, or a duration from now on.
Result<TimePoint> parse_until(std::string_view text, TimePoint now) {
  if (const auto by = parse_duration(text)) return now + *by;
  const auto time = parse_time(text);
  if (!time) return fail({errors::kBadRequest, "until must be a time (ISO 8601) or like 90s, 15m, 2h or 7d"});
  return time->time;
}

Result<AutoOptions> auto_options(const json::object& body, TimePoint now) {
  AutoOptions options;
  if (const auto text = text_of(body, "until"); !text.empty()) {
    DT_TRY(options.until, parse_until(text, now));
  }
  if (const auto text = text_of(body, "quiet"); !text.empty()) {
    DT_TRY(const auto quiet, parse_duration(text));
    options.quiet = std::chrono::duration_cast<std::chrono::milliseconds>(quiet);
    if (options.quiet < std::chrono::milliseconds{1} || options.quiet > kQuietMax)
      return fail({errors::kBadRequest, "quiet must be from 1ms to 10s"});
  }
  return options;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text, std::string_view name) {
  auto duration = parse_duration(text);
  if (!duration) return fail({errors::kBadRequest, fmt::format("{} must be like 90s, 15m, 2h or 7d", name)});
  return duration;
}

void clock(Control& control, rest::Services& services, AutoClock& jumper) {
  using Action = std::function<Result<>(const ControlRequest&)>;
  const auto add = [&](std::string_view path, std::string_view told, Action action) {
    control.add("POST", path,
                [&, told, action = std::move(action)](ControlRequest& request) -> Task<Result<net::Response>> {
                  // One clock for all: a tenant's test must not move that of others.
                  DT_CO_CHECK(require_main_account(request));
                  DT_CO_CHECK(action(request));
                  co_return co_await tell(services, jumper, told);
                });
  };
  control.add("GET", "/clock", [&](ControlRequest&) -> Task<Result<net::Response>> {
    co_return json_response(state(services.clock, jumper));
  });
  add("/clock/freeze", "frozen", [&](const ControlRequest&) -> Result<> {
    jumper.stop();
    services.clock.freeze();
    return {};
  });
  add("/clock/resume", "resumed", [&](const ControlRequest&) -> Result<> {
    jumper.stop();
    services.clock.resume();
    return {};
  });
  add("/clock/set", "set", [&](const ControlRequest& request) -> Result<> {
    DT_TRY(const auto text, request.text("time"));
    DT_TRY(const auto time, parse_time(text));
    services.clock.set(time.time);
    return {};
  });
  add("/clock/advance", "advanced", [&](const ControlRequest& request) -> Result<> {
    DT_TRY(const auto text, request.text("by"));
    DT_TRY(const auto by, parse_duration(text, "by"));
    services.clock.set(services.clock.now() + by);
    return {};
  });
  add("/clock/auto", "auto", [&](const ControlRequest& request) -> Result<> {
    DT_TRY(const auto options, auto_options(request.body, services.clock.now()));
    jumper.start(options);
    return {};
  });
}

}  // namespace dialtone::lab::routes
