#include "functions/logs.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/utf8.hpp"
#include "functions/records.hpp"

namespace dialtone::functions {
namespace {

constexpr ErrorRow kWarned{82004, 0, "A function wrote a warning"};
constexpr ErrorRow kFailed{82005, 0, "A function wrote an error"};
constexpr std::chrono::hours kSweepInterval{1};

std::string_view level_text(LogLine::Level level) {
  if (level == LogLine::Level::kError) return "ERROR";
  return level == LogLine::Level::kWarn ? "WARN" : "INFO";
}

std::string scope_of(const Deployed& deployed) {
  return environment_scope(deployed.account_sid, deployed.service_sid, deployed.environment_sid, "Logs");
}

/// At most kLogBytesMax bytes of whole characters; what is no UTF-8 becomes U+FFFD.
std::string kept_text(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (out.size() > kLogBytesMax - 8) {
      out += "…";
      break;
    }
    append_utf8(out, next_code_point(text, at));
  }
  return out;
}

json::value or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

}  // namespace

void Logs::add(store::Transaction& transaction, const LogLine& line, bool with_alert) {
  const Deployed& deployed = *line.deployed;
  const TimePoint now = services_.clock.now();
  const std::string sid = services_.sids.make("NO");
  const std::string message = kept_text(line.message);
  json::object shown;
  shown["sid"] = sid;
  shown["account_sid"] = deployed.account_sid;
  shown["service_sid"] = deployed.service_sid;
  shown["environment_sid"] = deployed.environment_sid;
  shown["build_sid"] = deployed.bundle ? or_null(deployed.bundle->build_sid) : json::value(nullptr);
  shown["deployment_sid"] = or_null(deployed.deployment_sid);
  shown["function_sid"] = or_null(line.function_sid);
  shown["request_sid"] = or_null(line.request_sid);
  shown["level"] = level_text(line.level);
  shown["message"] = message;
  shown["date_created"] = iso8601(now);
  shown["url"] = fmt::format("https://serverless.twilio.com/v1/Services/{}/Environments/{}/Logs/{}",
                             deployed.service_sid, deployed.environment_sid, sid);
  transaction.put(scope_of(deployed), make_record(sid, {.shown = shown, .hidden = {}},
                                                  {{"function", line.function_sid}, {"request", line.request_sid}}));
  transaction.journal({.at = now,
                       .kind = "function.log",
                       .account = deployed.account_sid,
                       .subject = line.request_sid.empty() ? deployed.environment_sid : line.request_sid,
                       .data = wire_json({{"sid", sid},
                                          {"service_sid", deployed.service_sid},
                                          {"environment_sid", deployed.environment_sid},
                                          {"function_sid", shown["function_sid"]},
                                          {"request_sid", shown["request_sid"]},
                                          {"domain_name", deployed.domain_name},
                                          {"level", shown["level"]},
                                          {"message", message}})});
  if (!with_alert || line.level == LogLine::Level::kInfo) return;
  const bool error = line.level == LogLine::Level::kError;
  alerts_.add(transaction, {.account_sid = deployed.account_sid,
                            .resource_sid = line.function_sid,
                            .code = error ? kFailed.code : kWarned.code,
                            .level = error ? monitor::Level::kError : monitor::Level::kWarning,
                            .text = message,
                            .explanation = error ? "The function called console.error or failed; its log has the rest."
                                                 : "The function called console.warn."});
}

Task<> Logs::keep(std::vector<LogLine> lines) {
  for (std::size_t begin = 0; begin < lines.size(); begin += kTogetherMax) {
    const std::size_t end = std::min(begin + kTogetherMax, lines.size());
    store::Transaction transaction;
    std::size_t alerts = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (!lines[i].deployed) continue;
      if (lines[i].level != LogLine::Level::kInfo) ++alerts;
      add(transaction, lines[i], alerts <= kAlertsTogetherMax);
    }
    const auto committed = co_await services_.ledger.finish(std::move(transaction));
    if (!committed) log::warn("functions.log_lost", {{"lines", end - begin}, {"error", committed.error().message}});
  }
  const TimePoint now = services_.clock.now();
  for (const LogLine& line : lines) {
    if (!line.deployed) continue;
    Count& count = counts_[line.deployed->environment_sid];
    ++count.lines;
    // The first line after a start finds out how many there are.
    const bool due = count.swept_at == TimePoint{} || now - count.swept_at > kSweepInterval ||
                     count.lines > kLogsMax + kSweep || now < count.swept_at;
    if (!due || count.sweeping) continue;
    count.sweeping = true;
    spawn(services_.executor, "functions.logs", sweep(line.deployed->environment_sid, scope_of(*line.deployed)));
  }
}

Task<> Logs::sweep(std::string environment_sid, std::string scope) {
  store::Store& store = services_.ledger.store();
  const TimePoint now = services_.clock.now();
  std::size_t total = 0;
  for (store::ListQuery query{.scope = scope, .limit = kSweep * 4};;) {
    const auto page = co_await store.list(query);
    total += page.size();
    if (page.size() < query.limit) break;
    query.after = page.back()->id;
  }
  bool more = true;
  while (more) {
    const auto oldest = co_await store.list({.scope = scope, .oldest_first = true, .limit = kSweep});
    store::Transaction transaction;
    for (const auto& record : oldest) {
      const json::object shown = stored_object(shown_text(*record));
      const auto made = parse_time(text_of(shown, "date_created"));
      if (total <= kLogsMax && made && now - made->time < kLogsAge) break;
      transaction.erase(scope, record->id);
      --total;
    }
    more = transaction.change_count == kSweep;
    if (transaction.change_count > 0 && !co_await services_.ledger.finish(std::move(transaction))) break;
  }
  Count& count = counts_[environment_sid];
  count = {.lines = total, .swept_at = now, .sweeping = false};
}

}  // namespace dialtone::functions
