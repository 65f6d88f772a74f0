#include "verify/resources/parts.hpp"

#include <algorithm>
#include <charconv>

#include "rest/paging.hpp"
#include "rest/values.hpp"
#include "verify/resources/factor.hpp"
#include "verify/templates.hpp"
#include "verify/verifications.hpp"

namespace dialtone::verify::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr std::size_t kTemplatesMax = 1000;  ///< of an account

/// A whole number of at least one; nothing for other text.
std::optional<std::int64_t> positive(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1) return std::nullopt;
  return value;
}

/// Letters, digits, `-`, `_` and `.`.
bool is_unique_name(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
                              std::string_view::npos;
}

/// How many of a collection there are, as far as the limit.
Task<std::size_t> count(rest::Services& services, std::string scope, std::size_t limit) {
  co_return (co_await services.ledger.store().list({.scope = std::move(scope), .limit = limit})).size();
}

Task<Result<Reply>> create_rate_limit(rest::Engine& engine, rest::Services& services, Context& context) {
  if (!is_unique_name(context.form.get("UniqueName"))) co_return fail(errors::kUniqueName);
  const std::string scope =
      fmt::format("{}/verify/v2/Services/{}/RateLimits", context.account->sid, context.value("ServiceSid"));
  if (co_await count(services, scope, kRateLimitsMax) >= kRateLimitsMax) co_return fail(errors::kMaxRateLimits);
  auto reply = co_await engine.generic(context);
  if (!reply && reply.error().status == 409) co_return fail(errors::kRateLimitExists);
  co_return reply;
}

/// Where a service's buckets of one rate limit lie; the limit must be named by its SID.
std::string bucket_scope(const Context& context) {
  return fmt::format("{}/verify/v2/Services/{}/RateLimits/{}/Buckets", context.account->sid,
                     context.value("ServiceSid"), context.value("RateLimitSid"));
}

Task<Result<Reply>> write_bucket(rest::Engine& engine, rest::Services& services, Context& context) {
  for (const std::string_view name : {"Max", "Interval"}) {
    const auto* text = context.form.find(name);
    if (text && !positive(*text)) co_return fail(errors::invalid(name));
  }
  if (const auto* interval = context.form.find("Interval")) {
    const auto wanted = *positive(*interval);
    const auto rows = co_await services.ledger.store().list({.scope = bucket_scope(context), .limit = kBucketsMax});
    if (context.value("Sid").empty() && rows.size() >= kBucketsMax) co_return fail(errors::kMaxBuckets);
    for (const auto& row : rows) {
      if (row->id == context.value("Sid")) continue;
      if (stored_object(row->value).at("interval").to_number<std::int64_t>() == wanted)
        co_return fail(errors::kBucketExists);
    }
  }
  co_return co_await engine.generic(context);
}

/// The account's own templates, then those of everybody.
Task<Result<Reply>> list_templates(rest::Services& services, Context& context) {
  const auto own = co_await services.ledger.store().list(
      {.scope = context.account->sid + "/verify/v2/Templates", .limit = kTemplatesMax});
  const std::string_view name = context.query.get("FriendlyName");
  std::vector<json::object> all;
  for (const auto& row : own) all.push_back(stored_object(row->value));
  all.insert(all.end(), base_templates().begin(), base_templates().end());
  std::erase_if(all, [&](const json::object& each) { return !name.empty() && text_of(each, "friendly_name") != name; });
  DT_CO_TRY(const auto page, rest::parse_page(context));
  std::size_t begin = 0;
  if (!page.after.empty()) {
    const auto edge =
        std::ranges::find_if(all, [&](const json::object& each) { return text_of(each, "sid") == page.after; });
    if (edge == all.end()) co_return fail(rest::kInvalidPageToken);
    const auto at = static_cast<std::size_t>(edge - all.begin());
    begin = page.backwards ? at - std::min(at, page.size) : at + 1;
  }
  const std::size_t end = std::min(all.size(), begin + page.size);
  std::string rows;
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin) rows += ", ";
    all[i]["account_sid"] = context.account->sid;
    append_wire_json(rows, rest::shape(all[i], context.operation.item(), services.clock.now()));
  }
  rest::PageEdge edge;
  edge.count = end > begin ? end - begin : 0;
  edge.more = end < all.size();
  if (edge.count > 0) {
    edge.first_id = text_of(all[begin], "sid");
    edge.last_id = text_of(all[end - 1], "sid");
  }
  co_return Reply{.status = 200, .body = rest::render_page(context, page, edge, rows)};
}

Task<Result<Reply>> list_attempts(rest::Services& services, Context& context) {
  const auto asked = [&](std::string_view name) { return std::string(context.query.get(name)); };
  const std::string to = asked("ChannelData.To");
  const std::string country = asked("Country");
  const std::string channel = asked("Channel");
  const std::string service = asked("VerifyServiceSid");
  const std::string verification = asked("VerificationSid");
  const std::string status = asked("Status");
  const auto after = parse_time(asked("DateCreatedAfter"));
  const auto before = parse_time(asked("DateCreatedBefore"));
  rest::Listing listing{.scope = fmt::format("{}/verify/v2/Attempts", context.account->sid)};
  listing.keep = [=](const store::Record& row) {
    const json::object attempt = stored_object(row.value);
    const auto* more = attempt.if_contains("channel_data");
    const json::object data = more && more->is_object() ? more->get_object() : json::object{};
    const auto fits = [](const std::string& wanted, std::string_view value) {
      return wanted.empty() || wanted == value;
    };
    const auto made = parse_time(text_of(attempt, "date_created"));
    return fits(to, text_of(data, "to")) && fits(country, text_of(data, "country")) &&
           fits(channel, text_of(attempt, "channel")) && fits(service, text_of(attempt, "service_sid")) &&
           fits(verification, text_of(attempt, "verification_sid")) &&
           fits(status, text_of(attempt, "conversion_status")) && (!after || !made || made->time >= after->time) &&
           (!before || !made || made->time <= before->time);
  };
  listing.append = [schema = context.operation.item(), now = services.clock.now()](std::string& out,
                                                                                   const store::Record& row) {
    append_wire_json(out, rest::shape(stored_object(row.value), schema, now));
  };
  co_return co_await rest::list(context, services.ledger.store(), std::move(listing));
}

}  // namespace

void add_parts(rest::Engine& engine, rest::Services& services, Webhooks& webhooks, Counters& counters) {
  add_factors(engine, services, webhooks);
  add_challenges(engine, services, webhooks, counters);
  add_webhooks(engine, services);
  add_notifications(engine, services);
  add_access_tokens(engine, services);
  add_messaging_configurations(engine, services);
  add_safe_list(engine, services);
  add_services(engine);
  using catalogue::Method;
  const auto add = [&](std::string_view path, std::vector<rest::Resource::Row> rows) {
    engine.add({.host = "verify", .path = path, .methods = std::move(rows)});
  };
  const auto as_it_is = [&engine](Context& context) { return engine.generic(context); };
  const auto bucket = [&](Context& context) { return write_bucket(engine, services, context); };
  constexpr std::string_view kLimits = "/v2/Services/{ServiceSid}/RateLimits";
  add(kLimits, {{.method = Method::kGet, .run = as_it_is}, {.method = Method::kPost, .run = [&](Context& context) {
                                                              return create_rate_limit(engine, services, context);
                                                            }}});
  add("/v2/Services/{ServiceSid}/RateLimits/{Sid}", {{.method = Method::kGet, .run = as_it_is},
                                                     {.method = Method::kPost, .run = as_it_is},
                                                     {.method = Method::kDelete, .run = as_it_is}});
  add("/v2/Services/{ServiceSid}/RateLimits/{RateLimitSid}/Buckets",
      {{.method = Method::kGet, .run = as_it_is}, {.method = Method::kPost, .run = bucket}});
  add("/v2/Services/{ServiceSid}/RateLimits/{RateLimitSid}/Buckets/{Sid}",
      {{.method = Method::kGet, .run = as_it_is},
       {.method = Method::kPost, .run = bucket},
       {.method = Method::kDelete, .run = as_it_is}});
  add("/v2/Templates",
      {{.method = Method::kGet, .run = [&](Context& context) { return list_templates(services, context); }}});
  add("/v2/Attempts",
      {{.method = Method::kGet, .run = [&](Context& context) { return list_attempts(services, context); }}});
  add("/v2/Attempts/{Sid}", {{.method = Method::kGet, .run = as_it_is}});
}

}  // namespace dialtone::verify::resources
