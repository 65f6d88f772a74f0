#pragma once
// What the resources of functions share: finding what a path names, checking texts, answering.

#include "functions/platform.hpp"
#include "functions/records.hpp"

namespace dialtone::functions::resources {

using rest::Context;
using rest::Reply;

/// A resource that was found, with its record for the conditions of a transaction.
struct Found {
  std::string sid;
  store::RecordPtr record;
  Stored stored;
};

/// The service that `{ServiceSid}` (or `{Sid}` of a service's own path) names, by SID or unique name. Error: 20404.
Task<Result<Found>> find_service(Platform& platform, const Context& context, std::string_view name = "ServiceSid");
/// The resource of a service that a placeholder names; `kind` is "Builds", "Environments", … Error: 20404.
Task<Result<Found>> find_in_service(Platform& platform, const Context& context, const Found& service,
                                    std::string_view kind, std::string_view placeholder);
/// The resource of any scope. Error: 20404.
Task<Result<Found>> find_in(Platform& platform, const Context& context, std::string scope,
                            std::string_view placeholder);

struct InEnvironment {
  Found service;
  Found environment;
  [[nodiscard]] std::string scope(const Context& context, std::string_view kind) const;
  [[nodiscard]] EnvironmentKey key(const Context& context) const;
  /// Of the environment, as links name it.
  [[nodiscard]] std::string url(const Context& context) const;
};
/// What `/Services/{ServiceSid}/Environments/{EnvironmentSid}/…` names. Error: 20404.
Task<Result<InEnvironment>> find_environment(Platform& platform, const Context& context);

std::string service_url(const Context& context, std::string_view service_sid);

/// A required text of at most `characters_max`. Error: 20001.
Result<std::string> text(const Context& context, std::string_view name, std::size_t characters_max);
/// `An invalid value for X: it …`, 20001.
Error invalid(std::string_view name, std::string_view why);

json::value or_null(std::string_view text);
/// What every resource ends with.
void add_dates(json::object& shown, TimePoint now);

Reply shown(int status, const store::Record& record);
/// Commits, and says what a lost race means.
Task<Result<>> commit(Platform& platform, store::Transaction transaction);
/// The same, but a conflict is `taken`.
Task<Result<>> commit(Platform& platform, store::Transaction transaction, Error taken);

/// Reads, changes and writes a resource until nobody was faster. `change` may fail.
Task<Result<Reply>> update(Platform& platform, const Context& context, std::string scope, Found found,
                           std::function<Result<>(Stored&, store::Transaction&)> change);

/// A page of `scope`, newest first.
Task<Result<Reply>> list(Platform& platform, Context& context, std::string scope);

}  // namespace dialtone::functions::resources
