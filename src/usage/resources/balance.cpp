#include "usage/resources/resources.hpp"

namespace dialtone::usage::resources {
namespace {

constexpr std::int64_t kTrialCredit = 1'550'000;  ///< hundred-thousandths of a dollar
constexpr std::int64_t kRecharge = 2'000'000;     ///< what a full account is filled up by when nothing is left

}  // namespace

/// What is left of the account's money. Nobody pays here: a trial begins with its credit and ends at nothing; a full
/// account is filled up again each time.
rest::Resource balance(rest::Services& services, Meter& meter) {
  return {
      .host = "api",
      .path = "/2010-04-01/Accounts/{AccountSid}/Balance.json",
      .methods = {{.method = catalogue::Method::kGet, .run = [&](rest::Context& context) -> Task<Result<rest::Reply>> {
                     if (context.account->is_subaccount()) co_return fail(rest::not_found(context));
                     co_await meter.flush();
                     std::int64_t spent = 0;
                     const TimePoint now = services.clock.now();
                     for (const auto& sid : co_await meter.with_subaccounts(context.account->sid)) {
                       for (const auto& [day, amounts] : co_await meter.days(
                                sid, period_start("alltime", now), std::chrono::floor<std::chrono::days>(now))) {
                         spent += total(amounts, "totalprice").price;
                       }
                     }
                     const std::int64_t left = context.account->trial ? std::max<std::int64_t>(0, kTrialCredit - spent)
                                                                      : kRecharge - spent % kRecharge;
                     co_return rest::Reply{
                         .status = 200,
                         .body = wire_json({{"account_sid", context.account->sid},
                                            {"balance", fmt::format("{}.{:05}", left / 100'000, left % 100'000)},
                                            {"currency", "USD"}})};
                   }}}};
}

}  // namespace dialtone::usage::resources
