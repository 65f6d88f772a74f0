#pragma once
// How fast a sender may send: `--limits trial` and `--limits business`. Messages then wait in
// the outbox for their turn, in order for each pair of numbers, and a sender whose queue is ten hours long takes no
// more. Sources: error dictionary, 21611, 30001; the fact sheet, section 2.

#include <string>
#include <unordered_map>

#include "messaging/message.hpp"
#include "rest/context.hpp"

namespace dialtone::messaging {

/// No sender has more than this to send. Source: error dictionary, 21611.
inline constexpr std::chrono::hours kQueueMax{10};
/// Message segments a second. A US or Canadian number sends one, a short code a hundred.
inline constexpr int kLongCodeRate = 1;
inline constexpr int kTollFreeRate = 3;
inline constexpr int kShortCodeRate = 100;
inline constexpr int kOtherRate = 10;

class Limits {
 public:
  explicit Limits(rest::Services& services) : services_(services) {}

  /// Reads from the outbox how long the queues are.
  Task<> load();

  /// Is there room in the sender's queue? Of the messages of a service it is asked once they are queued.
  [[nodiscard]] bool has_room(std::string_view sender) const;
  /// Takes a place at the end of the sender's queue: when its turn is.
  TimePoint take_turn(std::string_view sender, std::size_t segments);
  static int rate_of(std::string_view sender);

 private:
  rest::Services& services_;
  std::unordered_map<std::string, TimePoint> free_at_;  ///< by sender: when its last message will have been sent
};

}  // namespace dialtone::messaging
