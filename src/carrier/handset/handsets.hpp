#pragma once
// Phones that live in the program. A handset has a number, keeps what it received and sent, and is driven over the
// control API and the console. For messaging it is a carrier whose phones are always on.
//
// Phones are shared by all accounts. An account for which a space was opened (a tenant of the lab) has phones of its
// own instead: it reaches no others and nobody else reaches them, so that two tests may write to the same number.

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "messaging/carrier.hpp"
#include "messaging/media.hpp"
#include "rest/context.hpp"

namespace dialtone::carrier::handset {

/// What becomes of a message to a number that nobody has.
enum class UnknownNumbers : std::uint8_t { kDeliver, kUndelivered };

inline constexpr std::string_view kHandsetsScope = "system/Handsets";

struct MessageFilter {
  std::string from = {};
  std::string contains = {};
  std::string after = {};             ///< a message's SID, or a date: only what came later
  std::string direction = "inbound";  ///< inbound, outbound, all
  std::size_t limit = 50;             ///< newest first
};

class Handsets final : public messaging::Carrier {
 public:
  Handsets(rest::Services& services, UnknownNumbers unknown) : services_(services), unknown_(unknown) {}
  void use(messaging::Receiver& receiver) { receiver_ = &receiver; }
  /// Where pictures lie, and how those are fetched that a phone names by their URL.
  void use(messaging::MediaFiles& files, webhook::Client& client) {
    files_ = &files;
    client_ = &client;
  }
  /// Reads the shared phones, in place of what was known before; all spaces are closed.
  Task<> load();
  /// From now on the account has phones of its own.
  void open_space(std::string_view account_sid) {
    spaces_.try_emplace(std::string(account_sid)).first->second.owner = account_sid;
  }
  /// The same, with the phones that the store has.
  Task<> load_space(std::string account_sid);
  void close_space(std::string_view account_sid);
  [[nodiscard]] bool has_space(std::string_view account_sid) const { return spaces_.contains(account_sid); }

  // `account` says whose phones are meant: an account with a space has its own, all others share theirs.

  /// Makes a handset; without a number, with the next free one. Errors: 21211, 20409 when the number is taken.
  Task<Result<json::object>> create(std::string number, std::string name, std::string account = {});
  /// The same in a transaction of the caller's, for a number that is known to be free.
  json::object add(store::Transaction& transaction, std::string number, std::string name, std::string_view account);
  /// Removes a handset and all it kept. Error: 20404.
  Task<Result<>> remove(std::string number, std::string account = {});
  [[nodiscard]] std::vector<json::object> list(std::string_view account = {}) const;
  [[nodiscard]] std::optional<json::object> find(std::string_view number, std::string_view account = {}) const;
  [[nodiscard]] std::size_t size() const;

  /// A picture or file that the phone has.
  struct Upload {
    std::string content_type;
    std::string bytes;
  };
  /// The handset writes a message, to a Twilio number or another phone. Answers once it is stored. What the message's
  /// media_urls name is fetched before. Errors: 20404, 21211, 21619, 21623, 11200, 11751, 12300, …
  Task<Result<json::object>> send(messaging::Arrival arrival, std::string account = {},
                                  std::vector<Upload> uploads = {});
  /// The bytes of a message's picture. Error: 20404.
  Task<Result<Upload>> media(std::string number, std::string sid, std::size_t index, std::string account = {});
  /// What it has, as the filter says.
  Task<std::vector<json::object>> messages(std::string number, MessageFilter filter, std::string account = {});
  /// Waits for a message that fits; one that is there already counts. Nothing when `limit` of real time is over.
  Task<std::vector<json::object>> wait(std::string number, MessageFilter filter, std::chrono::milliseconds limit,
                                       std::string account = {});

  /// Ends all waits, for the program stops.
  void stop();

  [[nodiscard]] bool has_phone(std::string_view phone_number) const override {
    return shared_.handsets.contains(phone_number);
  }
  Task<messaging::Report> submit(const messaging::Message& message, store::Transaction& transaction) override;
  [[nodiscard]] bool carries_at_once() const override { return true; }

 private:
  struct Handset {
    std::string number;
    std::string name;
    TimePoint created;
  };

  /// Phones that know each other.
  struct Space {
    std::string owner = {};  ///< empty: everybody
    std::map<std::string, Handset, std::less<>> handsets = {};
    std::set<std::string> unsaved = {};  ///< made for a message whose transaction is not committed, or failed

    [[nodiscard]] std::string list_scope() const;
    [[nodiscard]] std::string scope(std::string_view number) const;
    /// Whose the phone's pictures are among the files.
    [[nodiscard]] std::string files_of(std::string_view number) const;
  };

  [[nodiscard]] Space& space_of(std::string_view account) {
    if (spaces_.empty()) return shared_;
    const auto found = spaces_.find(account);
    return found == spaces_.end() ? shared_ : found->second;
  }
  [[nodiscard]] const Space& space_of(std::string_view account) const {
    return const_cast<Handsets*>(this)->space_of(account);
  }
  Task<> load(Space& space);
  [[nodiscard]] json::object describe(const Handset& handset) const;
  void put(store::Transaction& transaction, const Space& space, const Handset& handset) const;
  /// Puts a message into the phone's list. Returns it in JSON, until the next call.
  std::string_view keep(store::Transaction& transaction, const Space& space, std::string_view number,
                        std::string_view sid, std::string_view direction, const messaging::Arrival& arrival);

  rest::Services& services_;
  UnknownNumbers unknown_;
  /// `files`: whose the message's pictures are.
  Task<messaging::Report> submit_from(std::string files, const messaging::Message& message,
                                      store::Transaction& transaction);
  /// Fetches and stores what the phone sends along.
  Task<Result<std::vector<messaging::MediaPart>>> take_media(const messaging::Arrival& arrival, std::string owner,
                                                             std::vector<Upload> uploads);
  Task<> share(const std::vector<messaging::MediaPart>& media, std::string owner, std::string with);

  messaging::Receiver* receiver_ = nullptr;
  messaging::MediaFiles* files_ = nullptr;
  webhook::Client* client_ = nullptr;
  Space shared_;
  std::unordered_map<std::string, Space, TextHash, std::equal_to<>> spaces_;
  std::uint64_t listener_ = 0;
  std::set<std::shared_ptr<Event>> waits_;
};

}  // namespace dialtone::carrier::handset
