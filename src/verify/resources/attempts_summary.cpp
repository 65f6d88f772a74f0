#include "verify/resources/resources.hpp"

namespace dialtone::verify::resources {

/// Counts of the account's attempts. Source: Verify v2, VerificationAttemptsSummary.
rest::Resource attempts_summary(Verifications& verifications) {
  return {.host = "verify",
          .path = "/v2/Attempts/Summary",
          .methods = {{.method = catalogue::Method::kGet,
                       .run = [&verifications](rest::Context& context) -> Task<Result<rest::Reply>> {
                         std::size_t total = 0;
                         std::size_t converted = 0;
                         store::ListQuery query{.scope = context.account->sid + "/verify/v2/Attempts", .limit = 1000};
                         const std::string_view service = context.query.get("VerifyServiceSid");
                         while (true) {
                           const auto rows = co_await verifications.services().ledger.store().list(query);
                           for (const auto& row : rows) {
                             const json::value value = json::parse(row->value);
                             const auto& attempt = value.get_object();
                             if (!service.empty() && text_of(attempt, "service_sid") != service) continue;
                             ++total;
                             if (text_of(attempt, "conversion_status") == "converted") ++converted;
                           }
                           if (rows.size() < query.limit) break;
                           query.after = rows.back()->id;
                         }
                         json::object out;
                         out["total_attempts"] = total;
                         out["total_converted"] = converted;
                         out["total_unconverted"] = total - converted;
                         out["conversion_rate_percentage"] = fmt::format(
                             "{:.2f}",
                             total == 0 ? 0.0 : 100.0 * static_cast<double>(converted) / static_cast<double>(total));
                         out["url"] = "https://verify.twilio.com/v2/Attempts/Summary";
                         co_return rest::Reply{.status = 200, .body = wire_json(out)};
                       }}}};
}

}  // namespace dialtone::verify::resources
