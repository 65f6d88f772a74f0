#include "messaging/sender_choice.hpp"

#include <algorithm>
#include <array>

#include "messaging/messaging_services.hpp"

namespace dialtone::messaging {
namespace {

constexpr int kCannot = -1;
constexpr int kWithoutMedia = 1000;  ///< reaches the phone, but its pictures go as links

/// Smaller is better.
int rank_of(const Sender& sender, const SenderWish& wish, const std::string& country, bool same_area) {
  const bool in_channel = sender.kind == SenderKind::kChannel;
  if (in_channel != !wish.channel.empty()) return kCannot;
  if (wish.numbers_only && sender.kind != SenderKind::kNumber) return kCannot;
  switch (sender.kind) {
    case SenderKind::kChannel:
      return sender.address.starts_with(wish.channel) && sender.address.substr(wish.channel.size(), 1) == ":" ? 0
                                                                                                              : kCannot;
    case SenderKind::kShortCode:
      return sender.country == country ? 10 : kCannot;
    case SenderKind::kDestinationAlpha:
      if (!sender.country.empty()) return sender.country == country ? 20 : kCannot;
      [[fallthrough]];
    case SenderKind::kAlpha:
      return takes_alphanumeric(country) ? 21 : kCannot;
    case SenderKind::kNumber: {
      const auto number = E164::parse(sender.address);
      if (!number) return kCannot;
      if (number->is_toll_free()) {
        if (country == "CA") return 30;
        return country == "US" ? 32 : kCannot;
      }
      if (same_area && wish.to.calling_code() == 1 && number->calling_code() == 1 &&
          number->text().substr(2, 3) == wish.to.text().substr(2, 3)) {
        return 31;
      }
      return sender.country == country ? 32 : sender.country == "US" ? 40 : 41;
    }
  }
  return kCannot;
}

}  // namespace

std::string_view collection_of(SenderKind kind) {
  constexpr std::array<std::string_view, 5> kCollections{"PhoneNumbers", "ShortCodes", "AlphaSenders",
                                                         "DestinationAlphaSenders", "ChannelSenders"};
  return kCollections[static_cast<std::size_t>(kind)];
}

bool takes_alphanumeric(std::string_view country) {
  // Networks there replace or refuse such senders. Source: Twilio, international support for alphanumeric sender IDs.
  constexpr std::array<std::string_view, 13> kNot{"US", "CA", "PR", "AR", "BR", "CL", "CN",
                                                  "CO", "CR", "DO", "EC", "MX", "MY"};
  return std::ranges::find(kNot, country) == kNot.end();
}

const Sender* choose_sender(const MessagingService& service, const SenderWish& wish, std::size_t turn) {
  const std::string country = wish.to.country();
  int best = kCannot;
  std::vector<const Sender*> equals;
  for (const Sender& sender : service.senders) {
    int rank = rank_of(sender, wish, country, service.area_code_geomatch);
    if (rank == kCannot) continue;
    if (wish.media && !sender.mms && sender.kind != SenderKind::kChannel) {
      if (!service.mms_converter) continue;
      rank += kWithoutMedia;
    }
    if (best == kCannot || rank < best) {
      best = rank;
      equals.clear();
    }
    if (rank == best) equals.push_back(&sender);
  }
  if (equals.empty()) return nullptr;
  if (!wish.sticky.empty()) {
    const auto before =
        std::ranges::find_if(equals, [&](const Sender* sender) { return sender->address == wish.sticky; });
    if (before != equals.end()) return *before;
  }
  return equals[turn % equals.size()];
}

}  // namespace dialtone::messaging
