#include "messaging/sender_choice.hpp"

#include <gtest/gtest.h>

#include "messaging/messaging_services.hpp"

namespace dialtone::messaging {
namespace {

Sender number(std::string address, std::string country, bool mms = true) {
  return {.kind = SenderKind::kNumber,
          .sid = "PN" + address,
          .address = std::move(address),
          .country = std::move(country),
          .mms = mms};
}
Sender other(SenderKind kind, std::string address, std::string country = {}) {
  return {.kind = kind, .sid = address, .address = address, .country = std::move(country)};
}

MessagingService pool(std::vector<Sender> senders) {
  MessagingService service;
  service.senders = std::move(senders);
  return service;
}

std::string chosen(const MessagingService& service, const SenderWish& wish, std::size_t turn = 0) {
  const Sender* sender = choose_sender(service, wish, turn);
  return sender ? sender->address : "nobody";
}

std::string chosen(const MessagingService& service, std::string_view to, std::size_t turn = 0) {
  const auto phone = E164::parse(to);
  return chosen(service, SenderWish{.to = *phone}, turn);
}

TEST(SenderChoice, PrefersShortCodesThenNamesThenNumbers) {
  auto service =
      pool({number("+14155550100", "US"), other(SenderKind::kAlpha, "Shop"),
            other(SenderKind::kShortCode, "55501", "US"), other(SenderKind::kDestinationAlpha, "Laden", "DE")});
  EXPECT_EQ(chosen(service, "+12125550100"), "55501");
  EXPECT_EQ(chosen(service, "+33612345678"), "Shop");
  EXPECT_EQ(chosen(service, "+4915112345678"), "Laden");
  EXPECT_EQ(chosen(pool({other(SenderKind::kAlpha, "Shop")}), "+12125550100"), "nobody");
}

TEST(SenderChoice, TakesANumberOfTheCountryElseAUsOneElseAny) {
  const auto service =
      pool({number("+33612345678", "FR"), number("+14155550100", "US"), number("+447400123456", "GB")});
  EXPECT_EQ(chosen(service, "+447400654321"), "+447400123456");
  EXPECT_EQ(chosen(service, "+4915112345678"), "+14155550100");
  EXPECT_EQ(chosen(pool({number("+33612345678", "FR")}), "+4915112345678"), "+33612345678");
}

TEST(SenderChoice, TakesTheAreaWhenAsked) {
  auto service = pool({number("+14155550100", "US"), number("+12125550100", "US")});
  for (const std::size_t turn : {0U, 1U, 2U}) EXPECT_EQ(chosen(service, "+12125550199", turn), "+12125550100");
  service.area_code_geomatch = false;
  EXPECT_NE(chosen(service, "+12125550199", 0), chosen(service, "+12125550199", 1));
}

TEST(SenderChoice, KeepsToTollFreeWhereItReaches) {
  const auto service = pool({number("+18005550100", "US"), number("+14155550100", "US")});
  EXPECT_EQ(chosen(service, "+14165550100"), "+18005550100") << "first in Canada";
  EXPECT_EQ(chosen(service, "+33612345678"), "+14155550100");
  EXPECT_EQ(chosen(pool({number("+18005550100", "US")}), "+33612345678"), "nobody");
}

TEST(SenderChoice, GoesRoundAndKeepsToWhoWroteBefore) {
  const auto service = pool({number("+16285550100", "US"), number("+16285550101", "US"), number("+16285550102", "US")});
  std::vector<std::string> turns;
  for (std::size_t turn = 0; turn < 3; ++turn) turns.push_back(chosen(service, "+12125550199", turn));
  std::ranges::sort(turns);
  EXPECT_EQ(turns, (std::vector<std::string>{"+16285550100", "+16285550101", "+16285550102"}));
  const auto phone = E164::parse("+12125550199");
  for (const std::size_t turn : {0U, 1U, 2U})
    EXPECT_EQ(chosen(service, SenderWish{.to = *phone, .sticky = "+16285550101"}, turn), "+16285550101");
  EXPECT_NE(chosen(service, SenderWish{.to = *phone, .sticky = "+19995550101"}), "+19995550101") << "it left";
}

TEST(SenderChoice, SendsPicturesByWhoCan) {
  auto service = pool({number("+447400123456", "GB", false), number("+14155550100", "US")});
  const auto phone = E164::parse("+447400654321");
  EXPECT_EQ(chosen(service, SenderWish{.to = *phone, .media = true}), "+14155550100");
  service.senders.pop_back();
  EXPECT_EQ(chosen(service, SenderWish{.to = *phone, .media = true}), "+447400123456") << "as a link";
  service.mms_converter = false;
  EXPECT_EQ(chosen(service, SenderWish{.to = *phone, .media = true}), "nobody");
}

TEST(SenderChoice, StaysInTheChannel) {
  const auto service = pool({number("+14155550100", "US"), other(SenderKind::kChannel, "whatsapp:+14155550111")});
  const auto phone = E164::parse("+12125550199");
  EXPECT_EQ(chosen(service, SenderWish{.to = *phone, .channel = "whatsapp"}), "whatsapp:+14155550111");
  EXPECT_EQ(chosen(service, SenderWish{.to = *phone, .channel = "messenger"}), "nobody");
  EXPECT_EQ(chosen(service, SenderWish{.to = *phone}), "+14155550100");
}

}  // namespace
}  // namespace dialtone::messaging
