#pragma once
// Messaging services, in memory: what each is set to, and the senders of its pool. A message through a service asks
// here who sends it; an incoming message, whether its number belongs to a service.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
#include "messaging/keywords.hpp"
#include "messaging/numbers.hpp"
#include "messaging/sender_choice.hpp"

namespace dialtone::messaging {

/// One record for each service, so that all are found at start: id is the service's SID, the value its account's.
inline constexpr std::string_view kServicesScope = "system/MessagingServices";
inline constexpr std::size_t kPoolSendersMax = 400;

struct MessagingService {
  std::string sid;
  std::string account_sid;
  std::string friendly_name;
  Hook inbound;
  bool use_number_hook = false;  ///< incoming messages go where the number says
  std::string status_callback;
  bool sticky_sender = true;
  bool smart_encoding = true;
  bool mms_converter = true;
  bool area_code_geomatch = true;
  bool fallback_to_long_code = true;
  std::chrono::seconds validity_period{36'000};
  std::vector<Sender> senders;                    ///< in the order in which they came
  std::shared_ptr<const OptOutSettings> opt_out;  ///< Advanced Opt-Out; null: the usual words
};
using MessagingServicePtr = std::shared_ptr<const MessagingService>;

/// `<account>/messaging/v1/Services`
std::string service_scope(std::string_view account_sid);
/// The records of a pool: `collection` is PhoneNumbers, ShortCodes, AlphaSenders, …
std::string pool_scope(std::string_view account_sid, std::string_view service_sid, std::string_view collection);
/// Advanced Opt-Out of a service: one record, "-".
std::string opt_out_scope(std::string_view account_sid, std::string_view service_sid);
/// Who wrote to whom last through a service with sticky senders: id is the recipient.
std::string sticky_scope(std::string_view account_sid, std::string_view service_sid);

class MessagingServices {
 public:
  explicit MessagingServices(rest::Services& services) : services_(services) {}
  /// Reads what the store has, in place of what was known before.
  Task<> load();

  [[nodiscard]] MessagingServicePtr find(std::string_view sid) const;
  /// The service whose pool has this number or short code; null when there is none.
  [[nodiscard]] MessagingServicePtr of_sender(std::string_view address) const {
    if (by_sender_.empty()) return nullptr;
    const auto found = by_sender_.find(address);
    return found == by_sender_.end() ? nullptr : find(found->second);
  }

  /// Who sends the next message of a service; turns go round among equals. Null: nobody can.
  const Sender* pick(const MessagingService& service, const SenderWish& wish);
  /// The sender that last wrote to `to`; empty when there is none or the service does not care.
  Task<std::string> sticky(MessagingServicePtr service, std::string to);

  // Changes: what goes into a transaction, and what is known once it is committed.

  static void claim(store::Transaction& transaction, std::string_view sid, std::string_view account_sid);
  static void erase(store::Transaction& transaction, const MessagingService& service);
  /// Takes a number or short code out of its pool, for it is released.
  static void erase_sender(store::Transaction& transaction, const MessagingService& service, const Sender& sender);
  /// A tenant goes: its claims.
  void erase_account(store::Transaction& transaction, std::string_view account_sid) const;

  /// Settings of a new or changed service, from its resource.
  void remember(const json::object& resource);
  void add_sender(std::string_view service_sid, Sender sender);
  void remove_sender(std::string_view service_sid, std::string_view sender_sid);
  /// Null: Advanced Opt-Out is off.
  void set_opt_out(std::string_view service_sid, std::shared_ptr<const OptOutSettings> settings);
  void forget(std::string_view service_sid);
  void forget_account(std::string_view account_sid);

 private:
  template <typename Value>
  using Map = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;
  struct Entry {
    MessagingServicePtr service;
    std::size_t turn = 0;
  };
  Task<> load_senders(std::string account_sid, std::string service_sid);
  /// A copy to change; put() it back.
  [[nodiscard]] std::shared_ptr<MessagingService> copy(std::string_view sid) const;

  rest::Services& services_;
  Map<Entry> services_by_sid_;
  Map<std::string> by_sender_;  ///< number or short code → service
};

}  // namespace dialtone::messaging
