#pragma once
// Who does not want to hear from whom any more. An opt-out is between a phone and a sender; the sender is a number, or
// a messaging service with all of its pool. All are in memory, so that a message asks once; they are changed in the
// transaction of the message that said STOP or START, and known when it is committed.

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "rest/context.hpp"

namespace dialtone::messaging {

inline constexpr std::string_view kOptOutsScope = "system/OptOuts";

class OptOuts {
 public:
  explicit OptOuts(rest::Services& services) : services_(services) {}
  /// Reads what the store has, in place of what was known before.
  Task<> load();

  /// Nobody opted out of anything: the usual case, and all that a plain message asks.
  [[nodiscard]] bool empty() const { return by_account_.empty(); }
  /// `sender` is a number or a service's SID.
  [[nodiscard]] bool has(std::string_view account_sid, std::string_view sender, std::string_view phone) const;

  void add(store::Transaction& transaction, std::string_view account_sid, std::string_view sender,
           std::string_view phone) const;
  void remove(store::Transaction& transaction, std::string_view account_sid, std::string_view sender,
              std::string_view phone) const;
  /// All of an account that goes.
  void erase_account(store::Transaction& transaction, std::string_view account_sid) const;
  void forget_account(std::string_view account_sid) { by_account_.erase(std::string(account_sid)); }
  /// Every committed entry of the journal.
  void hear(const store::EntryView& entry);

 private:
  void change(store::Transaction& transaction, std::string_view kind, std::string_view account_sid,
              std::string_view sender, std::string_view phone) const;

  rest::Services& services_;
  std::unordered_map<std::string, std::unordered_set<std::string>> by_account_;  ///< "sender phone"
};

}  // namespace dialtone::messaging
