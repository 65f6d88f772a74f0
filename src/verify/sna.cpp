#include "verify/sna.hpp"

#include <fmt/format.h>

#include "base/sid.hpp"

namespace dialtone::verify {
namespace {

constexpr std::string_view kPath = "/_dialtone/v1/sna/";
constexpr int kTriesMax = 8;

std::string address_scope(std::string_view account_sid) { return fmt::format("{}/dialtone/SnaAddresses", account_sid); }

}  // namespace

std::string add_sna_address(store::Transaction& transaction, const Verification& verification, std::string_view token,
                            std::string_view base_url) {
  transaction.put(address_scope(verification.account_sid), token,
                  wire_json({{"service_sid", verification.service_sid}, {"verification_sid", verification.sid}}));
  return fmt::format("{}{}{}/{}", base_url, kPath, verification.account_sid, token);
}

std::optional<SnaAddress> read_sna_address(std::string_view url) {
  const std::size_t at = url.find(kPath);
  if (at == std::string_view::npos) return std::nullopt;
  url.remove_prefix(at + kPath.size());
  const std::size_t slash = url.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  SnaAddress out{.account_sid = std::string(url.substr(0, slash)), .token = std::string(url.substr(slash + 1))};
  if (!is_sid(out.account_sid, "AC") || !is_sid(out.token, "VL")) return std::nullopt;
  return out;
}

Task<Result<int>> Verifications::opened(rest::AccountPtr account, std::string token, std::optional<E164> number) {
  const Error gone{dialtone::errors::kNotFound, "The address is not valid, or not any more"};
  const auto address = co_await services_.ledger.store().get(address_scope(account->sid), token);
  if (!address) co_return fail(gone);
  const json::object about = stored_object(address->value);
  for (int tries = 0; tries < kTriesMax; ++tries) {
    auto found = co_await load(*account, std::string(text_of(about, "service_sid")),
                               std::string(text_of(about, "verification_sid")));
    const TimePoint now = services_.clock.now();
    if (!found || found->first.status != "pending" || found->first.expired(now)) co_return fail(gone);
    Verification v = std::move(found->first);
    const auto attempt = std::ranges::find(v.attempts, token, &Verification::Attempt::sid);
    // An address is good once.
    if (attempt == v.attempts.end() || attempt->delivered.error_code != sna::kPending.code) co_return fail(gone);
    const int code = !number ? sna::kNoCarrier.code : number->text() != v.to ? sna::kOtherPhone.code : 0;
    attempt->delivered = {.status = code == 0 ? "delivered" : "undelivered", .error_code = code};
    v.updated = now;
    store::Transaction transaction;
    transaction.require_unchanged(verification_scope(v.account_sid, v.service_sid), found->second);
    put(transaction, v, "opened");
    put_attempt(transaction, v, *attempt);
    const auto committed = co_await services_.ledger.commit(std::move(transaction));
    if (committed) co_return code;
    if (committed.error().code != store::kConflict.code) co_return fail(committed.error());
  }
  co_return fail(dialtone::errors::kConflict);
}

}  // namespace dialtone::verify
