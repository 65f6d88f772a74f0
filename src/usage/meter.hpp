#pragma once
// Counts what accounts use. The journal tells of all that is charged (a message sent or received, a number bought); its
// entries are added up in memory, and every few seconds the sums of each account and day are committed together with
// the journal's position up to which they count. After a crash the rest of the journal is read again: nothing is lost
// and nothing counts twice, and a message costs an addition and no write of its own.

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "rest/context.hpp"
#include "usage/categories.hpp"

namespace dialtone::usage {

using Day = std::chrono::sys_days;

inline constexpr std::chrono::milliseconds kFlushInterval{2000};  ///< of real time
inline constexpr std::uint64_t kEntriesUnsavedMax = 50'000;       ///< of the journal, to be read again after a crash

/// The part of a journal entry that is charged for; nothing for most.
struct Charge {
  Counted counted;
  Amount amount;
};
std::optional<Charge> charge_of(const store::EntryView& entry);

/// `2026-11-25`
std::string text_of_day(Day day);
std::optional<Day> parse_day(std::string_view text);

class Meter {
 public:
  Meter(rest::Services& services, rest::Authenticator& accounts) : services_(services), accounts_(accounts) {}
  ~Meter() { stop(); }
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  /// Reads how far was counted, counts the rest of the journal and listens from then on. Also in place of what was
  /// known before.
  Task<> load();
  /// Counts no more.
  void stop();
  /// Commits what was counted.
  Task<> flush();
  /// What an account used on the days from `first` to `last`, as far as it was flushed.
  Task<std::map<Day, Amounts>> days(std::string account_sid, Day first, Day last);
  /// The account and its subaccounts.
  Task<std::vector<std::string>> with_subaccounts(std::string account_sid);
  /// Called after sums were committed, with the accounts whose they are.
  void on_flush(std::function<Task<>(std::vector<std::string>)> hook) { hook_ = std::move(hook); }

 private:
  using Pending = std::map<std::string, std::map<Day, Amounts>, std::less<>>;

  void count(const store::EntryView& entry);
  Task<> keep_flushing(std::shared_ptr<bool> alive);
  [[nodiscard]] Task<bool> write(const Pending& taken, std::uint64_t position);

  rest::Services& services_;
  rest::Authenticator& accounts_;
  Pending pending_;
  std::uint64_t position_ = 0;  ///< counted up to here
  std::uint64_t saved_ = 0;     ///< committed up to here
  std::uint64_t listener_ = 0;
  bool flushing_ = false;
  bool loaded_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::function<Task<>(std::vector<std::string>)> hook_;
};

}  // namespace dialtone::usage
