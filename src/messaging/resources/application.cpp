// Applications: sets of webhooks that numbers, calls and messages refer to.
#include <algorithm>
#include <array>

#include "messaging/resources/resources.hpp"
#include "webhook/url.hpp"

namespace dialtone::messaging::resources {
namespace {

using rest::Context;
using rest::Reply;

constexpr std::size_t kFriendlyNameMax = 64;
constexpr std::size_t kApplicationsMax = 1000;
constexpr ErrorRow kNameTooLong{20002, 400, "Invalid FriendlyName"};
constexpr ErrorRow kTooMany{21301, 400, "Application limit reached"};
constexpr ErrorRow kInvalidUrl{21402, 400, "The specified Url is not valid"};
constexpr ErrorRow kInvalidMethod{21403, 400, "The specified Method is not valid"};

/// What every set of webhooks must hold to. Errors: 20002, 21402, 21403.
Result<> check(const rest::Fields& form) {
  for (const auto& [name, value] : form.pairs()) {
    if (name == "FriendlyName") {
      const auto characters =
          std::ranges::count_if(value, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
      if (static_cast<std::size_t>(characters) > kFriendlyNameMax) return fail(kNameTooLong);
    } else if (name.ends_with("Method")) {
      if (value != "GET" && value != "POST")
        return fail({kInvalidMethod, fmt::format("{} is not GET or POST: {}", name, value)});
    } else if ((name.ends_with("Url") || name.ends_with("StatusCallback")) && !value.empty()) {
      // What its fragment asks for is judged when it is used (11240, 11243).
      const auto url = webhook::parse_url(value);
      if (!url && url.error().code == webhook::errors::kMalformedUrl.code)
        return fail({kInvalidUrl, fmt::format("{} is not a valid URL: {}", name, value)});
    }
  }
  return {};
}

Task<Result<Reply>> create_application(rest::Engine& engine, store::Store& store, Context& context) {
  DT_CO_CHECK(check(context.form));
  const auto there =
      co_await store.list({.scope = context.account->sid + "/api/Applications", .limit = kApplicationsMax});
  if (there.size() >= kApplicationsMax) co_return fail(kTooMany);
  for (const std::string_view name :
       {"VoiceMethod", "VoiceFallbackMethod", "SmsMethod", "SmsFallbackMethod", "StatusCallbackMethod"}) {
    context.form.set_default(name, "POST");
  }
  for (const std::string_view name : {"VoiceCallerIdLookup", "PublicApplicationConnectEnabled"}) {
    context.form.set_default(name, "false");
  }
  co_return co_await engine.generic(context);
}

}  // namespace

void add_applications(rest::Engine& engine, rest::Services& services) {
  const auto as_it_is = [&engine](Context& context) { return engine.generic(context); };
  const auto checked = [&engine](Context& context) -> Task<Result<Reply>> {
    DT_CO_CHECK(check(context.form));
    co_return co_await engine.generic(context);
  };
  engine.add(
      {.host = "api",
       .path = "/2010-04-01/Accounts/{AccountSid}/Applications.json",
       .methods = {
           {.method = catalogue::Method::kPost,
            .run = [&](Context& context) { return create_application(engine, services.ledger.store(), context); },
            .validates = true},
           {.method = catalogue::Method::kGet, .run = as_it_is}}});
  engine.add({.host = "api",
              .path = "/2010-04-01/Accounts/{AccountSid}/Applications/{Sid}.json",
              .methods = {{.method = catalogue::Method::kGet, .run = as_it_is},
                          {.method = catalogue::Method::kPost, .run = checked, .validates = true},
                          {.method = catalogue::Method::kDelete, .run = as_it_is}}});
}

}  // namespace dialtone::messaging::resources
