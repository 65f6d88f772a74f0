#include <fmt/format.h>

#include "rest/values.hpp"
#include "verify/resources/parts.hpp"
#include "verify/start_rules.hpp"

// Numbers that no guard against fraud refuses, under both names that the API has for the list. Source: Verify v2, Safe
// List; Accounts v1, Global Safe List.

namespace dialtone::verify::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

/// In the path or in the query, or of a new entry in the form. Errors: 60200, 20404 when none is named.
Result<std::string> number_of(const Context& context) {
  std::string text(context.value("PhoneNumber"));
  if (text.empty()) text = context.query.get("PhoneNumber");
  if (text.empty()) text = context.form.get("PhoneNumber");
  if (text.empty() && context.operation.method() != Method::kPost) return fail(rest::not_found(context));
  if (text.starts_with(' ')) text[0] = '+';
  const auto number = text.starts_with('+') ? E164::parse(text) : Result<E164>(fail(errors::invalid("PhoneNumber")));
  if (!number) return fail(errors::invalid("PhoneNumber"));
  return number->str();
}

Reply show(const Context& context, int status, const json::object& entry, TimePoint now) {
  return {.status = status, .body = wire_json(rest::shape(entry, context.operation.response(), now))};
}

Task<Result<Reply>> create(rest::Services& services, Context& context) {
  DT_CO_TRY(const std::string number, number_of(context));
  const std::string scope = safe_list_scope(context.account->sid);
  json::object entry{{"sid", services.sids.make("GN")},
                     {"phone_number", number},
                     {"url", fmt::format("https://verify.twilio.com/v2/SafeList/Numbers/{}", number)}};
  store::Transaction transaction;
  transaction.require_absent(scope, number);
  transaction.put(scope, number, wire_json(entry));
  const auto committed = co_await services.ledger.commit(std::move(transaction));
  if (!committed && committed.error().code == store::kConflict.code) co_return fail(errors::kSafeListed);
  if (!committed) co_return fail(committed.error());
  co_return show(context, 201, entry, services.clock.now());
}

Task<Result<Reply>> fetch(rest::Services& services, Context& context) {
  DT_CO_TRY(const std::string number, number_of(context));
  const auto found = co_await services.ledger.store().get(safe_list_scope(context.account->sid), number);
  if (!found) co_return fail(rest::not_found(context));
  co_return show(context, 200, stored_object(found->value), services.clock.now());
}

Task<Result<Reply>> remove(rest::Services& services, Context& context) {
  DT_CO_TRY(const std::string number, number_of(context));
  const std::string scope = safe_list_scope(context.account->sid);
  if (!co_await services.ledger.store().get(scope, number)) co_return fail(rest::not_found(context));
  store::Transaction transaction;
  transaction.erase(scope, number);
  DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
  co_return Reply{.status = 204, .body = {}};
}

}  // namespace

void add_safe_list(rest::Engine& engine, rest::Services& services) {
  const rest::Resource::Row creates{.method = Method::kPost,
                                    .run = [&](Context& context) { return create(services, context); }};
  const rest::Resource::Row fetches{.method = Method::kGet,
                                    .run = [&](Context& context) { return fetch(services, context); }};
  const rest::Resource::Row removes{.method = Method::kDelete,
                                    .run = [&](Context& context) { return remove(services, context); }};
  engine.add({.host = "verify", .path = "/v2/SafeList/Numbers", .methods = {creates}});
  engine.add({.host = "verify", .path = "/v2/SafeList/Numbers/{PhoneNumber}", .methods = {fetches, removes}});
  engine.add({.host = "accounts", .path = "/v1/SafeList/Numbers", .methods = {creates, fetches, removes}});
}

}  // namespace dialtone::verify::resources
