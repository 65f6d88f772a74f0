#pragma once
// Which sender of a messaging service's pool writes to a phone. By kind: short code, alphanumeric sender, then numbers
// (to Canada toll-free ones first); only what can reach the phone's country; of numbers one of its country, else a US
// one, else any; with area-code geomatch one of the same area. Among equals the one that wrote to the phone before
// (sticky sender), else each in its turn. Source: Twilio, Messaging Services; the fact sheet, section 7.3.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/e164.hpp"

namespace dialtone::messaging {

struct MessagingService;

enum class SenderKind : std::uint8_t { kNumber, kShortCode, kAlpha, kDestinationAlpha, kChannel };

/// `PhoneNumbers`, …: the collection of the API in which senders of a kind lie.
[[nodiscard]] std::string_view collection_of(SenderKind kind);
inline constexpr SenderKind kSenderKinds[] = {SenderKind::kNumber, SenderKind::kShortCode, SenderKind::kAlpha,
                                              SenderKind::kDestinationAlpha, SenderKind::kChannel};

struct Sender {
  SenderKind kind = SenderKind::kNumber;
  std::string sid = {};      ///< of the number, short code, …
  std::string address = {};  ///< what a message shows as its sender
  std::string country =
      {};  ///< ISO code; of a destination's alphanumeric sender where it is for, empty: everywhere else
  bool mms = false;
};

struct SenderWish {
  const E164& to;
  std::string_view channel = {};  ///< whatsapp, …; empty: SMS
  bool media = false;
  std::string_view sticky = {};  ///< who wrote to it before
  bool numbers_only = false;     ///< no short code, no alphanumeric sender
};

/// Null when nobody can. `turn` says whose turn it is among equals.
[[nodiscard]] const Sender* choose_sender(const MessagingService& service, const SenderWish& wish, std::size_t turn);

/// May a message to this country show an alphanumeric sender?
[[nodiscard]] bool takes_alphanumeric(std::string_view country);

}  // namespace dialtone::messaging
