#pragma once
// The life of messages: checked and queued, carried to a phone, reported back; received from a phone, answered by the
// application. Each step is one transaction; what is to happen next lies in the outbox.
//
//   API or TwiML ── prepare ── add ──▶ [outbox message.deliver] ── deliver ──▶ carrier ──▶ [outbox webhook.status]
//   phone ── accept ──▶ [outbox message.inbound] ── answer (reply.hpp) ──▶ replies, as above

#include <string>
#include <unordered_map>
#include <vector>

#include "messaging/auto_replies.hpp"
#include "messaging/carrier.hpp"
#include "messaging/geo_permissions.hpp"
#include "messaging/limits.hpp"
#include "messaging/link_domains.hpp"
#include "messaging/media.hpp"
#include "messaging/message.hpp"
#include "messaging/messaging_services.hpp"
#include "messaging/numbers.hpp"
#include "messaging/opt_outs.hpp"
#include "messaging/registrations.hpp"
#include "messaging/scheduled.hpp"
#include "monitor/alerts.hpp"
#include "rest/context.hpp"
#include "webhook/client.hpp"

namespace dialtone::messaging {

inline constexpr std::size_t kBodyCharactersMax = 1600;
inline constexpr std::chrono::seconds kValidityMax{36'000};
inline constexpr std::size_t kUrlBytesMax = 4000;
/// Segments of a trial account's message; a longer one is taken, and fails. Seen from the outside: Twilio tells no
/// number.
inline constexpr std::size_t kTrialSegmentsMax = 3;
inline constexpr std::string_view kTrialPrefix = "Sent from your Twilio trial account - ";

/// A message that somebody wants sent, not yet checked.
struct Draft {
  rest::AccountPtr account;
  std::optional<std::string> to = {};
  std::optional<std::string> from = {};
  std::string service_sid = {};
  std::string sticky_sender = {};  ///< who of the service's pool wrote to `to` before
  std::optional<std::string> body = {};
  std::vector<std::string> media_urls = {};
  std::string content_sid = {};
  std::string status_callback = {};
  std::optional<TimePoint> send_at = {};
  Direction direction = Direction::kOutboundApi;
  std::optional<bool> smart_encoded = {};  ///< else as the service says
  std::chrono::seconds validity{0};        ///< 0: as the service says
  std::optional<Error> option_error = {};  ///< of the parameters beside To, From and content
  bool feedback = false;
  bool discard_body = false;
  bool obfuscate_to = false;
  bool shorten_urls = false;
  bool as_mms = false;
  std::vector<std::string> actions = {};
  std::string intent = {};
  bool unverified = false;  ///< the account is on trial and may not write to `to`
};

class Messenger final : public Receiver {
 public:
  Messenger(rest::Services& services, rest::Authenticator& accounts, Numbers& numbers, monitor::Alerts& alerts,
            webhook::Client& client, MediaFiles& files);

  void use(Carrier& carrier) {
    carrier_ = &carrier;
    auto_replies_.use(carrier);
  }
  /// Reads messaging services and opt-outs, in place of what was known before.
  Task<> load();
  /// Who decides what goes wrong; null when nothing does.
  void use(Mishaps* mishaps) { mishaps_ = mishaps; }
  [[nodiscard]] Mishaps* mishaps() const { return mishaps_; }
  /// How fast senders may send; null when as fast as they can.
  void use(Limits* limits) { limits_ = limits; }
  [[nodiscard]] const Limits* limits() const { return limits_; }
  /// Registers with the outbox. Call once, before the ledger starts.
  void start();

  /// Checks a draft as the API does and makes the message of it. Errors: the fact sheet, section 2.8.
  Result<Message> prepare(Draft draft);
  /// Puts a new message, its journal entry and its delivery into a transaction.
  void add(store::Transaction& transaction, const Message& message);
  /// The same for an outgoing message, carried at once where the carrier can: its whole life is then one transaction.
  Task<> send(store::Transaction& transaction, Message& message);

  /// A trial account reaches only numbers that were verified. True as well for a `to` that is no number.
  Task<bool> may_reach(const rest::Account& account, std::string_view to);

  Result<Message> accept(Arrival arrival, store::Transaction& transaction) override;
  /// Nobody has the number: no account, no phone.
  [[nodiscard]] bool is_free(std::string_view phone_number) const {
    return !numbers_.find(phone_number) && !(carrier_ && carrier_->has_phone(phone_number));
  }
  [[nodiscard]] std::string owner_of(std::string_view phone_number) const override {
    const NumberPtr number = numbers_.find(phone_number);
    return number ? number->account_sid : std::string();
  }
  [[nodiscard]] bool owns(std::string_view phone_number) const override {
    return numbers_.find(phone_number) != nullptr;
  }

  /// Adds the status callback that is due for the message's present status, if it wants any.
  void add_callback(store::Transaction& transaction, const Message& message);
  /// Journal entry of a status.
  void add_entry(store::Transaction& transaction, const Message& message);

  /// Counts a reply from `from` to `to`; false when it is one too many (14107).
  bool may_reply(std::string_view from, std::string_view to);
  /// Forgets what was only counted in memory.
  void forget() { replies_.clear(); }

  rest::Services& services() { return services_; }
  rest::Authenticator& accounts() { return accounts_; }
  Numbers& numbers() { return numbers_; }
  monitor::Alerts& alerts() { return alerts_; }
  webhook::Client& client() { return client_; }
  MessagingServices& messaging_services() { return messaging_services_; }
  OptOuts& opt_outs() { return opt_outs_; }
  MediaFiles& files() { return files_; }
  Registrations& registrations() { return registrations_; }
  Scheduled& scheduled() { return scheduled_; }
  LinkDomains& link_domains() { return link_domains_; }
  GeoPermissions& geo_permissions() { return geo_permissions_; }
  [[nodiscard]] const LinkDomains& link_domains() const { return link_domains_; }

  /// An account goes: what lies outside of its own scopes.
  void erase_account(store::Transaction& transaction, std::string_view account_sid) const;

 private:
  Task<Result<>> deliver(store::OutboxRow row);
  /// From queued to what the carrier says of it: statuses, callbacks and the record.
  Task<> carry(Message& message, store::Transaction& transaction);
  /// The same for a message that has a mishap (mishaps.cpp).
  Task<> carry_into(Mishap mishap, Message message, store::Transaction& transaction);
  Task<Result<>> carry_late(store::OutboxRow row);
  Task<Result<>> receipt(store::OutboxRow row);
  void start_mishaps();
  /// For senders that have a sending rate (paced.cpp).
  void start_paced();
  /// 30034 or 30032 when the sender is not registered for whom it writes to.
  Task<std::optional<ErrorRow>> registration_missing(Message message);
  void wait_for_turn(const Message& message, store::Transaction& transaction);
  Task<> line_up(Message message, store::Transaction& transaction);
  Task<Result<>> deliver_in_turn(store::OutboxRow row);
  /// Hands it to the carrier, unless it holds what no phone could show.
  Task<Report> submit(const Message& message, store::Transaction& transaction);
  /// A carrier does not take messages from short codes: true when a long code of the service's pool is now the sender
  /// and the message is to be carried again (FallbackToLongCode).
  bool falls_back(Message& message, const Report& report, store::Transaction& transaction);
  /// What the carrier said: the end of the message's life here.
  void end(Message& message, const Report& report, store::Transaction& transaction);
  void enter(Message& message, Status status, store::Transaction& transaction);
  void fail_with(Message& message, const Error& error, store::Transaction& transaction);
  /// 30044
  [[nodiscard]] bool is_too_long_for_trial(const Message& message) const;
  /// Who sends a message of a service. Errors: 21703, 21704.
  Result<const Sender*> sender_of(const MessagingService& service, const SenderWish& wish);
  /// Before an accepted or scheduled message is queued: has it a sender, may it still go? Errors: 21610, 30036, …
  Task<Result<>> make_ready(Message& message, store::Transaction& transaction);
  [[nodiscard]] bool is_opted_out(std::string_view account_sid, std::string_view service_sid, std::string_view from,
                                  std::string_view to) const;
  void hear(const store::EntryView& entry);
  Task<Result<>> answer(store::OutboxRow row);
  Task<Result<>> call_back(store::OutboxRow row);

  rest::Services& services_;
  rest::Authenticator& accounts_;
  Numbers& numbers_;
  monitor::Alerts& alerts_;
  webhook::Client& client_;
  MediaFiles& files_;
  MessagingServices messaging_services_;
  OptOuts opt_outs_;
  AutoReplies auto_replies_;
  Registrations registrations_;
  Scheduled scheduled_;
  LinkDomains link_domains_;
  GeoPermissions geo_permissions_;
  Carrier* carrier_ = nullptr;
  std::uint64_t listener_ = 0;
  Mishaps* mishaps_ = nullptr;
  Limits* limits_ = nullptr;
  std::unordered_map<std::string, std::vector<TimePoint>> replies_;
};

}  // namespace dialtone::messaging
