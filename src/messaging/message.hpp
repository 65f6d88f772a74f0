#pragma once
// A message as it is stored and shown. The record's value is compact (a tenth of the API's JSON): what is written with
// every message should be little, and the JSON is made in less than a microsecond.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "store/store.hpp"

namespace dialtone::messaging {

enum class Status : std::uint8_t {
  kAccepted,
  kScheduled,
  kQueued,
  kSending,
  kSent,
  kDelivered,
  kUndelivered,
  kFailed,
  kCanceled,
  kReceiving,
  kReceived,
  kRead
};
std::string_view name_of(Status status);
std::optional<Status> parse_status(std::string_view name);
/// No further change of its own is to come, so it may be redacted and deleted.
bool is_final(Status status);

enum class Direction : std::uint8_t { kInbound, kOutboundApi, kOutboundCall, kOutboundReply };
std::string_view name_of(Direction direction);

inline constexpr std::string_view kApiVersion = "2010-04-01";

/// A picture or file of a message, as it lies in the program (media_files.hpp).
struct MediaPart {
  std::string sid = {};  ///< ME…, once it is a resource
  std::string content_type;
  std::string hash;
  std::size_t size = 0;
  std::shared_ptr<void> pin = {};  ///< keeps the file until its resource is committed
};

struct Message {
  std::string sid;
  std::string account_sid;
  std::string service_sid;  ///< messaging service; empty: none
  std::string from;         ///< empty until the sender that a service picked is shown
  std::string to;
  std::string body;
  Status status = Status::kQueued;
  Direction direction = Direction::kOutboundApi;
  std::size_t num_segments = 1;
  std::size_t num_media = 0;
  int error_code = 0;  ///< 0: none
  std::string error_message;
  TimePoint created;
  TimePoint updated;
  std::optional<TimePoint> sent;
  std::optional<std::string> price;  ///< "-0.00750", once billed

  // Ours alone.
  std::string sender;  ///< what a service picked; becomes `from` once the message is queued
  std::string status_callback;
  std::optional<TimePoint> send_at;
  std::vector<std::string> media_urls;
  bool feedback = false;
  std::chrono::seconds validity{0};  ///< 0: the longest; counted from when it is queued
  bool discard_body = false;         ///< ContentRetention: the text is forgotten once the message is finished
  bool shorten_urls = false;         ///< once it is queued
  bool obfuscate_to = false;         ///< AddressRetention: likewise the end of the number
  bool as_mms = false;               ///< SendAsMms: one MMS, also without media
  std::vector<std::string> actions;  ///< PersistentAction: `geo:…` for channels other than SMS and MMS
  std::string intent;                ///< MessageIntent
  std::string opt_out_type;          ///< of an incoming message: STOP, START, HELP by Advanced Opt-Out

  // Not kept with it.
  std::vector<MediaPart> media;  ///< what was fetched from media_urls, or came from the phone
  bool new_sticky = false;       ///< `sender` is to be kept as the one who writes to this phone
};

/// A message that was sent much earlier or later than its SID says (it was scheduled, or the clock was set back) has
/// the term kSentOff; the others are found by their SIDs when a date is asked for.
inline const store::Term kSentOff{"sent_off", "1"};
inline constexpr std::chrono::minutes kSentOffAfter{10};

/// `<account>/api/Messages`
std::string message_scope(std::string_view account_sid);
std::string media_scope(std::string_view account_sid, std::string_view message_sid);

store::RecordPtr to_record(const Message& message);
/// Puts the record into a transaction, in place of what was there.
void put(store::Transaction& transaction, const Message& message);
/// Throws std::runtime_error when the record is not one of ours (a damaged store).
Message from_record(const store::Record& record);
/// Appends the message in the API's JSON.
void append_wire(std::string& out, const Message& message);
/// Likewise; throws as from_record() does.
void append_wire(std::string& out, const store::Record& record);
[[nodiscard]] std::string wire_of(const auto& message) {
  std::string out;
  append_wire(out, message);
  return out;
}

/// Price to show: of SMS `-0.00750` a segment, of MMS `-0.02000`.
std::string price_of(const Message& message);
/// How many segments its text makes; an MMS is one.
std::size_t segments_of(const Message& message);

}  // namespace dialtone::messaging
