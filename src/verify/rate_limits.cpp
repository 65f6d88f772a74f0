#include "verify/rate_limits.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "verify/errors.hpp"

namespace dialtone::verify {

bool Counters::full(const std::string& key, Window window, TimePoint now) {
  const auto found = times_.find(key);
  if (found == times_.end()) return false;
  std::erase_if(found->second, [&](TimePoint time) { return time + kMemory <= now; });
  const auto since = std::ranges::upper_bound(found->second, now - window.span);
  return static_cast<std::size_t>(found->second.end() - since) >= window.most;
}

void Counters::count(const std::string& key, TimePoint now) {
  if (times_.size() >= kKeysMax) {
    std::erase_if(times_, [&](const auto& each) { return each.second.empty() || each.second.back() + kMemory <= now; });
    if (times_.size() >= kKeysMax) times_.erase(times_.begin());
  }
  auto& times = times_[key];
  times.insert(std::ranges::upper_bound(times, now), now);
}

Task<Result<>> pass_rate_limits(rest::Services& services, Counters& counters, std::string account_sid,
                                std::string service_sid, std::string values) {
  if (values.empty()) co_return Result<>{};
  const auto given = parse_json(values);
  if (!given || !given->is_object()) co_return fail(errors::invalid("RateLimits"));
  auto& store = services.ledger.store();
  const std::string scope = fmt::format("{}/verify/v2/Services/{}/RateLimits", account_sid, service_sid);
  const TimePoint now = services.clock.now();
  const auto limits = co_await store.list({.scope = scope, .limit = kRateLimitsMax});
  std::vector<std::string> used;
  for (const auto& [name, value] : given->get_object()) {
    if (!value.is_string()) co_return fail(errors::invalid("RateLimits"));
    for (const auto& limit : limits) {
      if (text_of(stored_object(limit->value), "unique_name") != name) continue;
      for (const auto& bucket :
           co_await store.list({.scope = fmt::format("{}/{}/Buckets", scope, limit->id), .limit = kBucketsMax})) {
        const json::object rule = stored_object(bucket->value);
        const Window window{.most = rule.at("max").to_number<std::size_t>(),
                            .span = std::chrono::seconds(rule.at("interval").to_number<std::int64_t>())};
        std::string key = fmt::format("{} {}", bucket->id, std::string_view(value.get_string()));
        if (counters.full(key, window, now)) co_return fail({dialtone::errors::kTooManyRequests, "Too many requests"});
        used.push_back(std::move(key));
      }
    }
  }
  for (const std::string& key : used) counters.count(key, now);
  co_return Result<>{};
}

}  // namespace dialtone::verify
