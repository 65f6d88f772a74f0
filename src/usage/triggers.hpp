#pragma once
// Usage triggers: when what an account uses reaches a value, its application is told, once or once in each period. They
// are looked at whenever sums of the account are committed (meter.hpp). Source: the fact sheet, section 9.4.

#include <unordered_set>

#include "monitor/alerts.hpp"
#include "usage/meter.hpp"

namespace dialtone::usage {

inline constexpr std::size_t kTriggersMax = 1000;  ///< of an account
inline constexpr ErrorRow kTooManyTriggers{21301, 400, "Usage trigger limit reached"};

/// `<account>/api/Usage/Triggers`
std::string trigger_scope(std::string_view account_sid);
/// `12` or `0.0075`, from hundred-thousandths for money.
std::string value_text(std::int64_t value, bool money);

class Triggers {
 public:
  Triggers(rest::Services& services, rest::Authenticator& accounts, Meter& meter, monitor::Alerts& alerts,
           webhook::Client& client)
      : services_(services), accounts_(accounts), meter_(meter), alerts_(alerts), client_(client) {}
  /// Registers with the outbox and the meter. Call once, before the ledger starts.
  void start();
  /// Reads which accounts have triggers.
  Task<> load();
  void watch(std::string account_sid) { watched_.insert(std::move(account_sid)); }

  /// What a trigger looks at now, in its own unit (see value_text). `by`: count, usage or price.
  Task<std::int64_t> current(std::string account_sid, std::string category, std::string by, std::string recurring);
  /// Brings the sums and the account's triggers up to date.
  Task<> refresh(std::string account_sid);
  /// Looks at an account's triggers and lets those go off that have reached their value.
  Task<> check(std::string account_sid);

 private:
  Task<Result<>> tell(store::OutboxRow row);

  rest::Services& services_;
  rest::Authenticator& accounts_;
  Meter& meter_;
  monitor::Alerts& alerts_;
  webhook::Client& client_;
  std::unordered_set<std::string> watched_;  ///< accounts that have or had triggers
};

/// The first day of what a trigger counts: today, of this month, of this year, or the beginning.
Day period_start(std::string_view recurring, TimePoint now);

}  // namespace dialtone::usage
