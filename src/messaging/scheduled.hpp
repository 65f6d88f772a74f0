#pragma once
// How many messages of each account wait for their time. Kept in memory: the journal tells of each that comes and goes,
// and at the start the outbox is asked. Source: Twilio, Message Scheduling, limits.

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "rest/context.hpp"

namespace dialtone::messaging {

inline constexpr std::size_t kScheduledMax = 500'000;  ///< of one account

class Scheduled {
 public:
  explicit Scheduled(rest::Services& services) : services_(services) {}

  /// Reads from the outbox what is scheduled, in place of what was known before.
  Task<> load();
  void hear(const store::EntryView& entry);
  void forget_account(const std::string& account_sid) { waiting_.erase(account_sid); }

  /// Another limit than kScheduledMax.
  void set_max(std::size_t most) { max_ = most; }
  [[nodiscard]] bool has_room(const std::string& account_sid) const;

 private:
  rest::Services& services_;
  std::size_t max_ = kScheduledMax;
  std::unordered_map<std::string, std::unordered_set<std::string>> waiting_;  ///< SIDs of messages, by account
};

}  // namespace dialtone::messaging
