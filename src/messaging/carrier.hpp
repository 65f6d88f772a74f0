#pragma once
// What messaging asks of whatever carries messages to and from phones: virtual handsets, SMPP, a relay. A carrier
// implements Carrier and hands what phones send to a Receiver.

#include <optional>
#include <string>
#include <vector>

#include "messaging/location.hpp"
#include "messaging/message.hpp"

namespace dialtone::messaging {

/// What a carrier says when a message is handed to it.
struct Report {
  enum class Outcome : std::uint8_t {
    kSent,         ///< taken; a delivery report may come later
    kDelivered,    ///< taken and already on the phone
    kUndelivered,  ///< taken, but the phone cannot have it
    kFailed,       ///< not taken
  };
  Outcome outcome = Outcome::kSent;
  int error_code = 0;
  std::string error_message = {};
};

class Carrier {
 public:
  virtual ~Carrier() = default;
  /// Takes the message. What the carrier keeps of it goes into `transaction` and is committed with the new status.
  virtual Task<Report> submit(const Message& message, store::Transaction& transaction) = 0;
  /// Does submit() only add to its transaction, so that a message may be carried before it is stored? One that speaks
  /// with the outside must not: what it was told cannot be taken back when the disk is full.
  [[nodiscard]] virtual bool carries_at_once() const { return false; }
  /// Is it the number of one of its own phones, so that no account may buy it?
  [[nodiscard]] virtual bool has_phone(std::string_view phone_number) const = 0;
};

/// What goes wrong with a message on purpose. Source of the codes: error dictionary, 30003 to 30036.
struct Mishap {
  enum class Kind : std::uint8_t {
    kNone,
    kFail,         ///< not delivered, with `error_code`; `rejected` when the carrier does not even take it
    kDelay,        ///< delivered, and told of `by` later
    kLoseReceipt,  ///< delivered, and never told of
    kLoseMessage,  ///< taken, and never seen again
    kTwice,        ///< delivered two times
    kPerSegment,   ///< the status callback `delivered` comes once for each segment
    kOutOfOrder,   ///< the status callback `delivered` comes before `sent`
    kSlow,         ///< taken only after `by`
    kDown,         ///< the carrier cannot be reached: the message waits in the queue
  };
  Kind kind = Kind::kNone;
  int error_code = 0;
  std::string error_message = {};
  bool rejected = false;
  Duration by{0};
};

/// Decides what goes wrong; the lab implements it.
class Mishaps {
 public:
  virtual ~Mishaps() = default;
  /// Asked once for each time that the message is handed to a carrier. What it has to tell goes into `transaction`.
  virtual Mishap strike(const Message& message, store::Transaction& transaction) = 0;
  /// Asked for each message that the API is about to take: the error with which it is refused instead.
  virtual Task<std::optional<Error>> refuse(const Message& message) = 0;
};

/// A message that a phone sent.
struct Arrival {
  std::string from;
  std::string to;
  std::string body;
  std::vector<std::string> media_urls;
  std::vector<MediaPart> media = {};  ///< lies in the files of the number's account already
  std::optional<Location> location = {};
};

class Receiver {
 public:
  virtual ~Receiver() = default;
  /// Takes a phone's message to one of our numbers: adds it, and what is to follow, to `transaction`, so that it comes
  /// in together with what else the carrier keeps of it, exactly once. Errors: 21211, 21212, 21619, 21623.
  virtual Result<Message> accept(Arrival arrival, store::Transaction& transaction) = 0;
  /// The account that owns the number; empty when none does.
  [[nodiscard]] virtual std::string owner_of(std::string_view phone_number) const = 0;
  /// Does an account here own the number?
  [[nodiscard]] virtual bool owns(std::string_view phone_number) const = 0;
};

}  // namespace dialtone::messaging
