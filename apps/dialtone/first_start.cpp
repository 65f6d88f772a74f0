#include "first_start.hpp"

#include <cstdlib>

#include <fmt/format.h>

#include "base/e164.hpp"
#include "messaging/resources/resources.hpp"

namespace dialtone::app {
namespace {

constexpr std::string_view kFirstNumber = "+15017122661";   ///< as in the examples of Twilio's documentation
constexpr std::string_view kFirstHandset = "+15558675310";  ///< likewise
constexpr std::string_view kSecondHandset = "+15558675309";
constexpr std::string_view kThirdHandset = "+15558675308";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// Says which variable of the environment an error is about.
Error named(std::string_view variable, Error error) {
  error.message = fmt::format("{}: {}", variable, error.message);
  return error;
}

/// A phone number from the environment, else `otherwise`. Error: 21401.
Result<std::string> number_from(const char* variable, std::string_view otherwise) {
  const std::string given = environment(variable);
  const auto number = E164::parse(given.empty() ? otherwise : given);
  if (!number)
    return fail(
        named(variable, {dialtone::errors::kInvalidPhoneNumber, fmt::format("{} is not a phone number", given)}));
  return number->str();
}

}  // namespace

Task<Result<>> first_start(FirstStart parts, const ServeOptions& options) {
  const std::string account_sid = environment("TWILIO_ACCOUNT_SID");
  if (!account_sid.empty() && !is_sid(account_sid, "AC")) {
    co_return fail({errors::kBadRequest, "TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits"});
  }
  DT_CO_TRY(const auto number, number_from("TWILIO_NUMBER", kFirstNumber));
  DT_CO_TRY(const auto mine, number_from("MY_NUMBER", kFirstHandset));
  if (number == mine) co_return fail({errors::kBadRequest, "TWILIO_NUMBER and MY_NUMBER must not be the same"});
  std::string other(kSecondHandset);
  if (other == mine || other == number) other = kFirstHandset;
  if (other == mine || other == number) other = kThirdHandset;

  if (!parts.accounts.main_account()) {
    DT_CO_CHECK(
        co_await parts.accounts.create({.sid = account_sid,
                                        .auth_token = environment("TWILIO_AUTH_TOKEN"),
                                        .owner_sid = {},
                                        .friendly_name = "My first Dialtone account",
                                        .trial = options.account_type == "trial" || options.limits == "trial"}));
  }
  const auto account = parts.accounts.main_account();
  if (!parts.messenger.numbers().find(number)) {
    DT_CO_CHECK(co_await messaging::resources::create_number(parts.messenger, account,
                                                             rest::Fields({{"PhoneNumber", number}})));
  }
  for (const auto& [phone, name] : {std::pair{mine, "My phone"}, {other, "Another phone"}}) {
    if (parts.handsets.find(phone)) continue;
    DT_CO_TRY(const auto handset, co_await parts.handsets.create(phone, name));
    // Both are verified, so that a trial account can write to them.
    const std::string sid = parts.services.sids.make("PN");
    const std::string phone_number(text_of(handset, "number"));
    store::Transaction transaction;
    transaction.put(account->sid + "/api/OutgoingCallerIds",
                    std::make_shared<const store::Record>(store::Record{
                        .id = sid,
                        .value = wire_json({{"sid", sid},
                                            {"account_sid", account->sid},
                                            {"friendly_name", name},
                                            {"phone_number", phone_number},
                                            {"date_created", rfc2822(parts.services.clock.now())},
                                            {"date_updated", rfc2822(parts.services.clock.now())},
                                            {"uri", fmt::format("/2010-04-01/Accounts/{}/OutgoingCallerIds/{}.json",
                                                                account->sid, sid)}}),
                        .terms = {}}));
    DT_CO_CHECK(co_await parts.services.ledger.commit(std::move(transaction)));
  }
  store::Transaction transaction;
  transaction.put("system",
                  std::make_shared<const store::Record>(store::Record{
                      .id = "first", .value = wire_json({{"number", number}, {"handset", mine}}), .terms = {}}));
  co_return co_await parts.snapshots.take_first(std::move(transaction));
}

}  // namespace dialtone::app
