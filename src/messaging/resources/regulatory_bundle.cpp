#include "messaging/regulations.hpp"
#include "messaging/resources/resources.hpp"

// Bundles of papers that a country asks for before somebody may have a number there. Source: Twilio, Bundles resource.

namespace dialtone::messaging::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

constexpr std::string_view kList = "/v2/RegulatoryCompliance/Bundles";
constexpr std::string_view kOne = "/v2/RegulatoryCompliance/Bundles/{Sid}";
constexpr ErrorRow kStatusUnknown{22203, 400, "Unable to parse bundle status"};
constexpr ErrorRow kStatusAlone{22204, 400, "Bundle status and properties cannot be updated in the same request"};

Task<Result<Reply>> create(rest::Engine& engine, Messenger& messenger, Context& context) {
  const std::string& account = context.account->sid;
  co_return co_await engine.generic(context, [&](json::object& bundle, store::Transaction& transaction) -> Result<> {
    bundle["status"] = "draft";
    transaction.put(registration_index_scope(account), std::string(text_of(bundle, "sid")), bundle_scope(account));
    return {};
  });
}

/// POST to one: what it says, or, on its own, that it is to be reviewed.
Task<Result<Reply>> update(rest::Engine& engine, Messenger& messenger, Context& context) {
  const std::string status(context.form.get("Status"));
  if (status.empty()) co_return co_await engine.generic(context);
  if (status != "draft" && status != "pending-review")
    co_return fail({kStatusUnknown, fmt::format("Status cannot become {}", status)});
  if (context.form.pairs().size() > 1) co_return fail(kStatusAlone);
  co_return co_await engine.generic(context, [&](json::object& bundle, store::Transaction& transaction) -> Result<> {
    if (status == "pending-review") messenger.registrations().review_bundle(transaction, bundle);
    return {};
  });
}

Task<Result<Reply>> remove(rest::Engine& engine, Context& context) {
  co_return co_await engine.generic(context, [&](json::object& bundle, store::Transaction& transaction) -> Result<> {
    transaction.erase(registration_index_scope(context.account->sid), std::string(text_of(bundle, "sid")));
    return {};
  });
}

}  // namespace

void add_regulatory_bundles(rest::Engine& engine, Messenger& messenger) {
  const auto plain = [&engine](Context& context) { return engine.generic(context); };
  engine.add({.host = "numbers",
              .path = kList,
              .methods = {{.method = Method::kPost,
                           .run = [&](Context& context) { return create(engine, messenger, context); }},
                          {.method = Method::kGet, .run = plain}}});
  engine.add(
      {.host = "numbers",
       .path = kOne,
       .methods = {
           {.method = Method::kGet, .run = plain},
           {.method = Method::kPost, .run = [&](Context& context) { return update(engine, messenger, context); }},
           {.method = Method::kDelete, .run = [&engine](Context& context) { return remove(engine, context); }}}});
}

}  // namespace dialtone::messaging::resources
