#include "functions/resources/common.hpp"

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "rest/paging.hpp"

namespace dialtone::functions::resources {
namespace {

constexpr int kTriesMax = 8;

Found found_of(std::string sid, store::RecordPtr record) {
  Stored stored = read_record(*record);
  return {.sid = std::move(sid), .record = std::move(record), .stored = std::move(stored)};
}

}  // namespace

Task<Result<Found>> find_service(Platform& platform, const Context& context, std::string_view name) {
  store::Store& store = platform.services().ledger.store();
  const std::string scope = services_scope(context.account->sid);
  std::string sid(context.value(name));
  auto record = co_await store.get(scope, sid);
  if (!record) {
    if (const auto alias = co_await store.get(names_scope(scope), sid)) {
      sid = alias->value;
      record = co_await store.get(scope, sid);
    }
  }
  if (!record) co_return fail(rest::not_found(context));
  co_return found_of(std::move(sid), std::move(record));
}

Task<Result<Found>> find_in(Platform& platform, const Context& context, std::string scope,
                            std::string_view placeholder) {
  std::string sid(context.value(placeholder));
  auto record = co_await platform.services().ledger.store().get(scope, sid);
  if (!record) co_return fail(rest::not_found(context));
  co_return found_of(std::move(sid), std::move(record));
}

Task<Result<Found>> find_in_service(Platform& platform, const Context& context, const Found& service,
                                    std::string_view kind, std::string_view placeholder) {
  co_return co_await find_in(platform, context, service_scope(context.account->sid, service.sid, kind), placeholder);
}

Task<Result<InEnvironment>> find_environment(Platform& platform, const Context& context) {
  DT_CO_TRY(Found service, co_await find_service(platform, context));
  DT_CO_TRY(Found environment, co_await find_in_service(platform, context, service, "Environments", "EnvironmentSid"));
  co_return InEnvironment{.service = std::move(service), .environment = std::move(environment)};
}

std::string InEnvironment::scope(const Context& context, std::string_view kind) const {
  return environment_scope(context.account->sid, service.sid, environment.sid, kind);
}

EnvironmentKey InEnvironment::key(const Context& context) const {
  return {.account_sid = context.account->sid, .service_sid = service.sid, .environment_sid = environment.sid};
}

std::string InEnvironment::url(const Context& context) const {
  return fmt::format("{}/Environments/{}", service_url(context, service.sid), environment.sid);
}

std::string service_url(const Context& context, std::string_view service_sid) {
  return fmt::format("{}/v1/Services/{}", context.base_url, service_sid);
}

Result<std::string> text(const Context& context, std::string_view name, std::size_t characters_max) {
  const std::string* value = context.form.find(name);
  if (!value || value->empty()) {
    return fail({errors::kBadRequest, fmt::format("Missing required parameter {} in the post body", name)});
  }
  if (characters(*value) > characters_max) {
    return fail(invalid(name, fmt::format("is longer than {} characters", characters_max)));
  }
  return *value;
}

Error invalid(std::string_view name, std::string_view why) {
  return {errors::kBadRequest, fmt::format("Invalid parameter {}: it {}", name, why)};
}

json::value or_null(std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); }

void add_dates(json::object& shown, TimePoint now) {
  shown["date_created"] = iso8601(now);
  shown["date_updated"] = iso8601(now);
}

Reply shown(int status, const store::Record& record) {
  return {.status = status, .body = std::string(shown_text(record))};
}

Task<Result<>> commit(Platform& platform, store::Transaction transaction) {
  return commit(platform, std::move(transaction), errors::kConflict);
}

Task<Result<>> commit(Platform& platform, store::Transaction transaction, Error taken) {
  auto committed = co_await platform.services().ledger.finish(std::move(transaction));
  if (!committed && committed.error().code == store::kConflict.code) co_return fail(std::move(taken));
  co_return committed;
}

Task<Result<Reply>> update(Platform& platform, const Context& context, std::string scope, Found found,
                           std::function<Result<>(Stored&, store::Transaction&)> change) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    store::Transaction transaction;
    transaction.require_unchanged(scope, found.record);
    Stored now = found.stored;
    DT_CO_CHECK(change(now, transaction));
    now.shown["date_updated"] = iso8601(platform.services().clock.now());
    const auto record = make_record(found.sid, now, found.record->terms);
    transaction.put(scope, record);
    auto committed = co_await platform.services().ledger.finish(std::move(transaction));
    if (committed) co_return shown(200, *record);
    if (committed.error().code != store::kConflict.code) co_return fail(std::move(committed).error());
    auto again = co_await platform.services().ledger.store().get(scope, found.sid);
    if (!again) co_return fail(rest::not_found(context));
    if (again->value == found.record->value) break;  // another condition of the transaction does not hold
    found = found_of(std::move(found.sid), std::move(again));
  }
  co_return fail(errors::kConflict);
}

Task<Result<Reply>> list(Platform& platform, Context& context, std::string scope) {
  co_return co_await rest::list(
      context, platform.services().ledger.store(),
      {.scope = std::move(scope),
       .append = [](std::string& out, const store::Record& record) { out += shown_text(record); }});
}

}  // namespace dialtone::functions::resources
