#include "usage/triggers.hpp"

#include <charconv>

#include "base/form.hpp"
#include "monitor/notification.hpp"

namespace dialtone::usage {
namespace {

constexpr std::string_view kRow = "webhook.usage_trigger";
constexpr std::string_view kWatchedScope = "system/UsageTriggers";
constexpr Day kBeginning = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);

/// Hundred-thousandths of a text such as `12` or `0.5`.
double number_of(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string trigger_scope(std::string_view account_sid) { return fmt::format("{}/api/Usage/Triggers", account_sid); }

std::string value_text(std::int64_t value, bool money) {
  if (!money) return std::to_string(value);
  std::string out = fmt::format("{}.{:05}", value / 100'000, value % 100'000);
  while (out.ends_with('0')) out.pop_back();
  if (out.ends_with('.')) out.pop_back();
  return out;
}

Day period_start(std::string_view recurring, TimePoint now) {
  const Day today = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(today);
  if (recurring == "daily") return today;
  if (recurring == "monthly") return std::chrono::sys_days(date.year() / date.month() / 1);
  if (recurring == "yearly") return std::chrono::sys_days(date.year() / 1 / 1);
  return kBeginning;
}

void Triggers::start() {
  services_.ledger.on(std::string(kRow), [this](store::OutboxRow row) { return tell(std::move(row)); });
  meter_.on_flush([this](std::vector<std::string> accounts) -> Task<> {
    for (auto& each : accounts) {
      const auto account = accounts_.find(each);
      if (!account) continue;
      // A parent's triggers count what its subaccounts use.
      const std::string owner = account->owner_sid;
      if (owner != each && watched_.contains(owner)) co_await check(owner);
      if (watched_.contains(each)) co_await check(each);
    }
  });
}

Task<> Triggers::load() {
  watched_.clear();
  store::ListQuery query{.scope = std::string(kWatchedScope), .oldest_first = true, .limit = 500};
  while (true) {
    const auto rows = co_await services_.ledger.store().list(query);
    for (const auto& row : rows) watched_.insert(row->id);
    if (rows.size() < query.limit) co_return;
    query.after = rows.back()->id;
  }
}

Task<std::int64_t> Triggers::current(std::string account_sid, std::string category, std::string by,
                                     std::string recurring) {
  const TimePoint now = services_.clock.now();
  const Day today = std::chrono::floor<std::chrono::days>(now);
  Amount sum;
  for (const auto& each : co_await meter_.with_subaccounts(account_sid)) {
    for (const auto& [day, amounts] : co_await meter_.days(each, period_start(recurring, now), today)) {
      sum += total(amounts, category);
    }
  }
  co_return by == "price" || category == "totalprice" ? sum.price : by == "count" ? sum.count : sum.usage;
}

Task<> Triggers::refresh(std::string account_sid) {
  co_await meter_.flush();
  co_await check(std::move(account_sid));
}

Task<> Triggers::check(std::string account_sid) {
  const auto rows =
      co_await services_.ledger.store().list({.scope = trigger_scope(account_sid), .limit = kTriggersMax});
  for (const auto& row : rows) {
    json::object trigger = stored_object(row->value);
    const std::string category(text_of(trigger, "usage_category"));
    const std::string by(text_of(trigger, "trigger_by"));
    const std::string recurring(text_of(trigger, "recurring"));
    const bool money = by == "price" || category == "totalprice";
    const std::int64_t value = co_await current(account_sid, category, by, recurring);
    const std::string value_now = value_text(value, money);
    const TimePoint now = services_.clock.now();
    const std::string period = text_of_day(period_start(recurring, now));
    const double reached = number_of(value_now);
    const bool fires =
        reached >= number_of(text_of(trigger, "trigger_value")) && text_of(trigger, "fired_period") != period;
    if (!fires && text_of(trigger, "current_value") == value_now) continue;
    trigger["current_value"] = value_now;
    store::Transaction transaction;
    transaction.require_unchanged(trigger_scope(account_sid), row);
    if (fires) {
      trigger["date_fired"] = rfc2822(now);
      trigger["fired_period"] = period;
      const std::string day = text_of_day(std::chrono::floor<std::chrono::days>(now));
      transaction.outbox(
          {.due = now,
           .kind = std::string(kRow),
           .subject = row->id,
           .data = wire_json(
               {{"account_sid", account_sid},
                {"url", trigger["callback_url"]},
                {"method", trigger["callback_method"]},
                {"params",
                 form_encode({{"AccountSid", account_sid},
                              {"UsageTriggerSid", row->id},
                              {"DateFired", rfc2822(now)},
                              {"Recurring", recurring},
                              {"UsageCategory", category},
                              {"TriggerBy", by},
                              {"TriggerValue", std::string(text_of(trigger, "trigger_value"))},
                              {"CurrentValue", value_now},
                              {"UsageRecordUri", std::string(text_of(trigger, "usage_record_uri"))},
                              {"IdempotencyToken", fmt::format("{}-FIRES-{}-{}", account_sid, row->id, day)}})}})});
      transaction.journal({.at = now,
                           .kind = "usage_trigger.fired",
                           .account = account_sid,
                           .subject = row->id,
                           .data = wire_json({{"usage_category", category}, {"current_value", value_now}})});
    }
    transaction.put(trigger_scope(account_sid),
                    store::Record{.id = row->id, .value = wire_json(trigger), .terms = row->terms});
    // Whoever changed the trigger in the meantime is right; it is looked at again with the next sums.
    (void)co_await services_.ledger.commit(std::move(transaction));
  }
}

Task<Result<>> Triggers::tell(store::OutboxRow row) {
  store::Transaction transaction;
  transaction.outbox_done(row.id);
  const json::object data = stored_object(row.data);
  const std::string subject(row.subject);
  const auto told = co_await monitor::tell(client_, alerts_, accounts_, data, subject, "usage", transaction);
  monitor::add_failure(alerts_, transaction, std::string(text_of(data, "account_sid")), subject, told);
  co_return co_await services_.ledger.finish(std::move(transaction));
}

}  // namespace dialtone::usage
