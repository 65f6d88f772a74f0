#include <algorithm>
#include <array>
#include <charconv>

#include "rest/values.hpp"
#include "usage/resources/resources.hpp"
#include "webhook/url.hpp"

namespace dialtone::usage::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr std::string_view kList = "/2010-04-01/Accounts/{AccountSid}/Usage/Triggers.json";
constexpr std::string_view kOne = "/2010-04-01/Accounts/{AccountSid}/Usage/Triggers/{Sid}.json";

constexpr ErrorRow kInvalidUrl{21402, 400, "The specified CallbackUrl is not valid"};
constexpr ErrorRow kInvalidMethod{21403, 400, "The specified CallbackMethod is not valid"};

Error invalid(std::string_view parameter, std::string_view value) {
  return {errors::kBadRequest, fmt::format("Invalid {}: {}", parameter, value)};
}

/// Errors: 21402, 21403.
Result<> check_callback(const rest::Fields& form) {
  if (const auto* url = form.find("CallbackUrl"); url && !webhook::parse_url(*url)) return fail(kInvalidUrl);
  const auto* method = form.find("CallbackMethod");
  if (method && *method != "GET" && *method != "POST") return fail(kInvalidMethod);
  return {};
}

/// `30`, or `+30` for so much more than is used now. Error: 20001.
Result<std::string> trigger_value(std::string_view text, std::int64_t now, bool money) {
  const bool offset = text.starts_with('+');
  const std::string_view digits = text.substr(offset ? 1 : 0);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || !(value >= 0) || value > 1e12)
    return fail(invalid("TriggerValue", text));
  if (!offset) return std::string(digits);
  return money ? value_text(now + static_cast<std::int64_t>(value * 100'000 + 0.5), true)
               : value_text(now + static_cast<std::int64_t>(value), false);
}

Task<Result<Reply>> create(rest::Services& services, Triggers& triggers, Context& context) {
  const auto& form = context.form;
  DT_CO_CHECK(check_callback(form));
  const std::string category(form.get("UsageCategory"));
  if (!is_category_name(category)) co_return fail(invalid("UsageCategory", category));
  const std::string by = form.has("TriggerBy") ? std::string(form.get("TriggerBy")) : "usage";
  const std::string recurring = form.has("Recurring") ? std::string(form.get("Recurring")) : "alltime";
  const std::string& account = context.account->sid;
  const auto there = co_await services.ledger.store().list({.scope = trigger_scope(account), .limit = kTriggersMax});
  if (there.size() >= kTriggersMax) co_return fail(kTooManyTriggers);
  const bool money = by == "price" || category == "totalprice";
  co_await triggers.refresh(account);
  const std::int64_t used = co_await triggers.current(account, category, by, recurring);
  DT_CO_TRY(const std::string value, trigger_value(form.get("TriggerValue"), used, money));

  const TimePoint now = services.clock.now();
  const std::string sid = services.sids.make("UT");
  json::object trigger;
  trigger["account_sid"] = account;
  trigger["api_version"] = "2010-04-01";
  trigger["callback_method"] = form.has("CallbackMethod") ? form.get("CallbackMethod") : "POST";
  trigger["callback_url"] = form.get("CallbackUrl");
  trigger["current_value"] = value_text(used, money);
  trigger["date_created"] = rfc2822(now);
  trigger["date_fired"] = nullptr;
  trigger["date_updated"] = rfc2822(now);
  trigger["friendly_name"] = form.has("FriendlyName") ? json::value(form.get("FriendlyName")) : json::value(nullptr);
  trigger["recurring"] = recurring;
  trigger["sid"] = sid;
  trigger["trigger_by"] = by;
  trigger["trigger_value"] = value;
  trigger["uri"] = fmt::format("/2010-04-01/Accounts/{}/Usage/Triggers/{}.json", account, sid);
  trigger["usage_category"] = category;
  const std::string_view view = recurring == "daily"     ? "/Today"
                                : recurring == "monthly" ? "/ThisMonth"
                                : recurring == "yearly"  ? "/Yearly"
                                                         : "";
  trigger["usage_record_uri"] =
      fmt::format("/2010-04-01/Accounts/{}/Usage/Records{}.json?Category={}", account, view, category);
  store::Transaction transaction;
  transaction.put(trigger_scope(account), sid, wire_json(trigger));
  transaction.put("system/UsageTriggers", account, "{}");
  transaction.journal({.at = now, .kind = "usage_trigger.created", .account = account, .subject = sid, .data = "{}"});
  DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
  triggers.watch(account);
  co_await triggers.check(account);
  co_return Reply{.status = 201, .body = wire_json(trigger)};
}

}  // namespace

void add_triggers(rest::Engine& engine, rest::Services& services, Triggers& triggers) {
  // What a trigger shows of the present is brought up to date before it is looked at.
  const auto looked_at = [&](Context& context) -> Task<Result<Reply>> {
    co_await triggers.refresh(context.account->sid);
    co_return co_await engine.generic(context);
  };
  const auto update = [&engine](Context& context) -> Task<Result<Reply>> {
    DT_CO_CHECK(check_callback(context.form));
    co_return co_await engine.generic(context);
  };
  engine.add({.host = "api",
              .path = kList,
              .methods = {{.method = catalogue::Method::kPost,
                           .run = [&](Context& context) { return create(services, triggers, context); }},
                          {.method = catalogue::Method::kGet, .run = looked_at}}});
  engine.add({.host = "api",
              .path = kOne,
              .methods = {{.method = catalogue::Method::kGet, .run = looked_at},
                          {.method = catalogue::Method::kPost, .run = update},
                          {.method = catalogue::Method::kDelete,
                           .run = [&engine](Context& context) { return engine.generic(context); }}}});
}

}  // namespace dialtone::usage::resources
