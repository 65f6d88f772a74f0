#pragma once
// Looking through an account's messages by what the REST API's list has no filter for, newest first.

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "messaging/message.hpp"
#include "store/store.hpp"

namespace dialtone::lab {

struct MessageSearch {
  std::string sid = {};  ///< begins so
  std::string from = {};
  std::string to = {};
  std::string text = {};       ///< in the body, in any case
  std::string direction = {};  ///< "inbound", "outbound" (all of its kinds), or one kind
  std::string status = {};
  std::optional<TimePoint> since = {};
  std::optional<TimePoint> until = {};

  [[nodiscard]] bool fits(const messaging::Message& message) const;
};

/// One pass over the messages that fit. Reads on as it is asked.
class MessageScan {
 public:
  /// `after`: a message's SID; only what is older.
  MessageScan(store::Store& store, std::string account_sid, MessageSearch search, std::string after);

  struct Found {
    store::RecordPtr record;
    messaging::Message message;
  };
  /// The next one that fits; nothing at the end, or when `scan_max` records were looked at in this call.
  Task<std::optional<Found>> next(std::size_t scan_max);
  /// Nothing more is there.
  [[nodiscard]] bool ended() const { return ended_; }
  /// SID of the record that was looked at last, to go on after.
  [[nodiscard]] const std::string& position() const { return position_; }

 private:
  Task<> fill();

  store::Store& store_;
  std::string scope_;
  MessageSearch search_;
  std::string after_;
  std::deque<store::RecordPtr> rows_;
  std::string position_;
  bool all_read_ = false;
  bool ended_ = false;
};

}  // namespace dialtone::lab
