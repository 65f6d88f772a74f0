#include "console/sessions.hpp"

#include <algorithm>

#include "base/sid.hpp"

namespace dialtone::console {

std::string Sessions::open(std::string account_sid, bool by_itself, Time now) {
  std::erase_if(sessions_, [&](const auto& each) { return now - each.second.used > kSessionIdleMax; });
  if (sessions_.size() >= kSessionsMax) {
    sessions_.erase(std::ranges::min_element(sessions_, {}, [](const auto& each) { return each.second.used; }));
  }
  std::string secret = random_hex(32);
  sessions_[secret] = {
      .session = {.account_sid = std::move(account_sid), .csrf = random_hex(16), .by_itself = by_itself}, .used = now};
  return secret;
}

const Session* Sessions::find(std::string_view secret, Time now) {
  const auto found = sessions_.find(secret);
  if (found == sessions_.end()) return nullptr;
  if (now - found->second.used > kSessionIdleMax) {
    sessions_.erase(found);
    return nullptr;
  }
  found->second.used = now;
  return &found->second.session;
}

void Sessions::close(std::string_view secret) {
  if (const auto found = sessions_.find(secret); found != sessions_.end()) sessions_.erase(found);
}

std::optional<std::chrono::seconds> Sessions::wait_of(const std::string& address, Time now) {
  const auto found = attempts_.find(address);
  if (found == attempts_.end()) return std::nullopt;
  const auto passed = now - found->second.first;
  if (passed >= kAttemptsWindow) {
    attempts_.erase(found);
    return std::nullopt;
  }
  if (found->second.count < kAttemptsMax) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(kAttemptsWindow - passed);
}

void Sessions::failed(const std::string& address, Time now) {
  if (attempts_.size() >= kAddressesMax) {
    std::erase_if(attempts_, [&](const auto& each) { return now - each.second.first >= kAttemptsWindow; });
    if (attempts_.size() >= kAddressesMax) attempts_.erase(attempts_.begin());
  }
  Attempts& entry = attempts_[address];
  if (entry.count++ == 0) entry.first = now;
}

}  // namespace dialtone::console
