#include "rest/permissions.hpp"

#include <gtest/gtest.h>

#include "catalogue/router.hpp"

namespace dialtone::rest {
namespace {

catalogue::Operation operation(std::string_view host, std::string_view path, catalogue::Method method) {
  static const catalogue::Router router;
  const auto match = router.match(host, path);
  EXPECT_TRUE(match) << path;
  const auto found = match->operation(method);
  EXPECT_TRUE(found) << path;
  return *found;
}

bool allows(std::string_view permission, std::string_view host, std::string_view path, catalogue::Method method) {
  const auto parsed = Permissions::parse({{"allow", json::array{json::value(permission)}}});
  EXPECT_TRUE(parsed) << permission;
  return parsed && parsed->allow(host, operation(host, path, method));
}

constexpr std::string_view kAccount = "/2010-04-01/Accounts/AC00000000000000000000000000000000";

TEST(Permissions, FitTheirOperationAndNoOther) {
  using enum catalogue::Method;
  const std::string messages = std::string(kAccount) + "/Messages.json";
  const std::string message = std::string(kAccount) + "/Messages/SM00000000000000000000000000000000.json";
  const std::string media = std::string(kAccount) + "/Messages/SM00000000000000000000000000000000/Media.json";
  const std::string numbers = std::string(kAccount) + "/IncomingPhoneNumbers.json";
  EXPECT_TRUE(allows("/twilio/messaging/messages/create", "api", messages, kPost));
  EXPECT_FALSE(allows("/twilio/messaging/messages/create", "api", messages, kGet));
  EXPECT_FALSE(allows("/twilio/messaging/messages/create", "api", message, kPost));
  EXPECT_TRUE(allows("/twilio/messaging/messages/update", "api", message, kPost));
  EXPECT_TRUE(allows("/twilio/messaging/messages/list", "api", messages, kGet));
  EXPECT_TRUE(allows("/twilio/messaging/messages/read", "api", message, kGet));
  EXPECT_TRUE(allows("/twilio/messaging/messages/delete", "api", message, kDelete));
  EXPECT_FALSE(allows("/twilio/messaging/messages/list", "api", media, kGet));
  EXPECT_TRUE(allows("/twilio/messaging/messages.media/list", "api", media, kGet));
  EXPECT_TRUE(allows("/twilio/phone-numbers/incoming-phone-numbers/create", "api", numbers, kPost));
  EXPECT_FALSE(allows("/twilio/messaging/messages/create", "api", numbers, kPost));
  EXPECT_TRUE(allows("/twilio/verify/verifications/create", "verify",
                     "/v2/Services/VA00000000000000000000000000000000/Verifications", kPost));
  EXPECT_FALSE(allows("/twilio/verify/services/create", "verify",
                      "/v2/Services/VA00000000000000000000000000000000/Verifications", kPost));
  EXPECT_TRUE(allows("/twilio/lookup/phone-numbers/read", "lookups", "/v2/PhoneNumbers/+14155550100", kGet));
}

TEST(Permissions, MustBeWellFormed) {
  for (const std::string_view wrong : {"", "messages", "/twilio/", "/twilio/messaging", "/twilio/messaging/messages",
                                       "/twilio/messaging/messages/send", "/other/messaging/messages/create"}) {
    EXPECT_FALSE(Permissions::parse({{"allow", json::array{json::value(wrong)}}})) << wrong;
  }
  EXPECT_FALSE(Permissions::parse({}));
  EXPECT_FALSE(Permissions::parse({{"allow", "all"}}));
  EXPECT_FALSE(Permissions::parse({{"allow", json::array{1}}}));
  json::array many;
  for (std::size_t i = 0; i <= kPermissionsMax; ++i) many.emplace_back("/twilio/messaging/messages/create");
  EXPECT_FALSE(Permissions::parse({{"allow", many}}));
}

}  // namespace
}  // namespace dialtone::rest
