#pragma once
// Phones that live in the program. A handset has a number, keeps what it received and sent, and is driven over the
// control API and the console. For messaging it is a carrier whose phones are always on.

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "messaging/carrier.hpp"
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
  Task<> load();

  /// Makes a handset; without a number, with the next free one. Errors: 21211, 20409 when the number is taken.
  Task<Result<json::object>> create(std::string number, std::string name);
  /// Removes a handset and all it kept. Error: 20404.
  Task<Result<>> remove(std::string number);
  [[nodiscard]] std::vector<json::object> list() const;
  [[nodiscard]] std::optional<json::object> find(std::string_view number) const;
  [[nodiscard]] std::size_t size() const { return handsets_.size(); }

  /// The handset writes a message, to a Twilio number or another phone. Answers once it is stored.
  Task<Result<json::object>> send(messaging::Arrival arrival);
  /// What it has, as the filter says.
  Task<std::vector<json::object>> messages(std::string number, MessageFilter filter);
  /// Waits for a message that fits; one that is there already counts. Nothing when `limit` of real time is over.
  Task<std::vector<json::object>> wait(std::string number, MessageFilter filter, std::chrono::milliseconds limit);

  /// Ends all waits, for the program stops.
  void stop();

  [[nodiscard]] bool has_phone(std::string_view phone_number) const override {
    return handsets_.contains(phone_number);
  }
  Task<messaging::Report> submit(const messaging::Message& message, store::Transaction& transaction) override;
  [[nodiscard]] bool carries_at_once() const override { return true; }

 private:
  struct Handset {
    std::string number;
    std::string name;
    TimePoint created;
  };

  static std::string scope(std::string_view number);
  [[nodiscard]] json::object describe(const Handset& handset) const;
  void put(store::Transaction& transaction, const Handset& handset) const;
  void keep(store::Transaction& transaction, std::string_view number, std::string_view sid, std::string_view direction,
            const messaging::Arrival& arrival);

  rest::Services& services_;
  UnknownNumbers unknown_;
  messaging::Receiver* receiver_ = nullptr;
  std::map<std::string, Handset, std::less<>> handsets_;
  std::set<std::string> unsaved_;  ///< made for a message whose transaction is not committed, or failed
  std::set<std::shared_ptr<Event>> waits_;
};

}  // namespace dialtone::carrier::handset
