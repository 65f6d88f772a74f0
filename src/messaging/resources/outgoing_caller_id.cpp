#include <charconv>

#include "messaging/caller_ids.hpp"
#include "messaging/resources/resources.hpp"

namespace dialtone::messaging::resources {
namespace {

using rest::Context;
using rest::Reply;

Result<std::chrono::seconds> delay_of(const rest::Fields& form) {
  const auto* text = form.find("CallDelay");
  if (!text || text->empty()) return std::chrono::seconds(0);
  int seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc() || end != text->data() + text->size() || seconds < 0 || seconds > 60)
    return fail(errors::kInvalidCallDelay);
  return std::chrono::seconds(seconds);
}

Task<Result<Reply>> create(CallerIds& caller_ids, Context& context) {
  CallerIds::Request request{.account = context.account,
                             .phone_number = std::string(context.form.get("PhoneNumber")),
                             .friendly_name = std::string(context.form.get("FriendlyName")),
                             .status_callback = std::string(context.form.get("StatusCallback")),
                             .status_callback_method = std::string(context.form.get("StatusCallbackMethod"))};
  DT_CO_TRY(request.delay, delay_of(context.form));
  DT_CO_TRY(const auto made, co_await caller_ids.request(std::move(request)));
  co_return Reply{.status = context.operation.status(), .body = wire_json(made)};
}

}  // namespace

void add_outgoing_caller_ids(rest::Engine& engine, CallerIds& caller_ids) {
  const auto as_it_is = [&engine](Context& context) { return engine.generic(context); };
  engine.add({.host = "api",
              .path = "/2010-04-01/Accounts/{AccountSid}/OutgoingCallerIds.json",
              .methods = {{.method = catalogue::Method::kPost,
                           .run = [&caller_ids](Context& context) { return create(caller_ids, context); }},
                          {.method = catalogue::Method::kGet, .run = as_it_is}}});
  engine.add({.host = "api",
              .path = "/2010-04-01/Accounts/{AccountSid}/OutgoingCallerIds/{Sid}.json",
              .methods = {{.method = catalogue::Method::kGet, .run = as_it_is},
                          {.method = catalogue::Method::kPost, .run = as_it_is},
                          {.method = catalogue::Method::kDelete, .run = as_it_is}}});
}

}  // namespace dialtone::messaging::resources
