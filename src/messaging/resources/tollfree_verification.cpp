#include "base/e164.hpp"
#include "messaging/registrations.hpp"
#include "messaging/resources/resources.hpp"

// Verifications of toll-free numbers. Source: Twilio, Tollfree Verification resource.

namespace dialtone::messaging::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

Task<Result<Reply>> create(rest::Engine& engine, Messenger& messenger, Context& context) {
  auto& store = messenger.services().ledger.store();
  const std::string& account = context.account->sid;
  const auto record = co_await store.get(number_scope(account), context.form.get("TollfreePhoneNumberSid"));
  const std::string number(record ? text_of(stored_object(record->value), "phone_number") : std::string_view());
  const auto phone = E164::parse(number);
  if (!phone || !phone->is_toll_free())
    co_return fail({dialtone::errors::kBadRequest,
                    "Invalid parameter TollfreePhoneNumberSid: it is not a toll-free number of this account"});
  if (co_await store.get(registration_index_scope(account), number))
    co_return fail({dialtone::errors::kConflict, fmt::format("{} has a verification already", number)});
  co_return co_await engine.generic(
      context, [&](json::object& verification, store::Transaction& transaction) -> Result<> {
        const std::string sid(text_of(verification, "sid"));
        verification["status"] = "PENDING_REVIEW";
        verification["tollfree_phone_number"] = number;
        verification["regulated_item_sid"] = messenger.services().sids.make("RA");
        verification["trust_product_sid"] = messenger.services().sids.make("BU");
        verification["rejection_reasons"] = json::array{};
        verification["edit_allowed"] = nullptr;
        for (const auto& [id, value] : {std::pair{sid, tollfree_scope(account)}, {number, sid}}) {
          transaction.put(registration_index_scope(account), id, value);
        }
        messenger.registrations().review_tollfree(transaction, verification);
        return {};
      });
}

/// POST to one: a verification that was rejected is corrected and reviewed again.
Task<Result<Reply>> update(rest::Engine& engine, Messenger& messenger, Context& context) {
  co_return co_await engine.generic(
      context, [&](json::object& verification, store::Transaction& transaction) -> Result<> {
        const json::value* allowed = verification.if_contains("edit_allowed");
        if (text_of(verification, "status") != "TWILIO_REJECTED" ||
            !(allowed && allowed->is_bool() && allowed->get_bool()))
          return fail({dialtone::errors::kBadRequest, "Only a rejected verification can be edited"});
        verification["status"] = "PENDING_REVIEW";
        for (const std::string_view name : {"rejection_reason", "error_code", "edit_expiration", "edit_allowed"})
          verification[name] = nullptr;
        verification["rejection_reasons"] = json::array{};
        messenger.registrations().review_tollfree(transaction, verification);
        return {};
      });
}

Task<Result<Reply>> remove(rest::Engine& engine, Context& context) {
  co_return co_await engine.generic(
      context, [&](json::object& verification, store::Transaction& transaction) -> Result<> {
        const std::string scope = registration_index_scope(context.account->sid);
        transaction.erase(scope, std::string(text_of(verification, "sid")));
        transaction.erase(scope, std::string(text_of(verification, "tollfree_phone_number")));
        return {};
      });
}

}  // namespace

void add_tollfree_verifications(rest::Engine& engine, Messenger& messenger) {
  const auto plain = [&engine](Context& context) { return engine.generic(context); };
  engine.add({.host = "messaging",
              .path = "/v1/Tollfree/Verifications",
              .methods = {{.method = Method::kPost,
                           .run = [&](Context& context) { return create(engine, messenger, context); }},
                          {.method = Method::kGet, .run = plain}}});
  engine.add(
      {.host = "messaging",
       .path = "/v1/Tollfree/Verifications/{Sid}",
       .methods = {
           {.method = Method::kGet, .run = plain},
           {.method = Method::kPost, .run = [&](Context& context) { return update(engine, messenger, context); }},
           {.method = Method::kDelete, .run = [&engine](Context& context) { return remove(engine, context); }}}});
}

}  // namespace dialtone::messaging::resources
