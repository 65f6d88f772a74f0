#include <charconv>

#include <fmt/format.h>

#include "verify/errors.hpp"
#include "verify/resources/parts.hpp"
#include "verify/settings.hpp"

// A service is what the generic behaviour keeps, with Verify's defaults and its groups of settings (push, totp,
// whatsapp, passkeys), whose parameters have dots. Source: Verify v2, Services; the fact sheet, section 10.3.

namespace dialtone::verify::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

constexpr std::size_t kNameMax = 32;

enum class Type : std::uint8_t { kText, kNumber, kFlag, kList };

/// A parameter and where it is kept: `group.inner.name`, the inner one only for passkeys.
struct Setting {
  std::string_view parameter, group, name;
  std::string_view inner = {};
  Type type = Type::kText;
  int least = 0, most = 0;
};

constexpr Setting kSettings[] = {
    {.parameter = "Push.IncludeDate", .group = "push", .name = "include_date", .type = Type::kFlag},
    {.parameter = "Push.ApnCredentialSid", .group = "push", .name = "apn_credential_sid"},
    {.parameter = "Push.FcmCredentialSid", .group = "push", .name = "fcm_credential_sid"},
    {.parameter = "Totp.Issuer", .group = "totp", .name = "issuer"},
    {.parameter = "Totp.TimeStep",
     .group = "totp",
     .name = "time_step",
     .type = Type::kNumber,
     .least = 20,
     .most = 60},
    {.parameter = "Totp.CodeLength",
     .group = "totp",
     .name = "code_length",
     .type = Type::kNumber,
     .least = 3,
     .most = 8},
    {.parameter = "Totp.Skew", .group = "totp", .name = "skew", .type = Type::kNumber, .least = 0, .most = 2},
    {.parameter = "Whatsapp.MsgServiceSid", .group = "whatsapp", .name = "msg_service_sid"},
    {.parameter = "Whatsapp.From", .group = "whatsapp", .name = "from"},
    {.parameter = "Passkeys.RelyingParty.Id", .group = "passkeys", .name = "id", .inner = "relying_party"},
    {.parameter = "Passkeys.RelyingParty.Name", .group = "passkeys", .name = "name", .inner = "relying_party"},
    {.parameter = "Passkeys.RelyingParty.Origins",
     .group = "passkeys",
     .name = "origins",
     .inner = "relying_party",
     .type = Type::kList},
    {.parameter = "Passkeys.AuthenticatorAttachment", .group = "passkeys", .name = "authenticator_attachment"},
    {.parameter = "Passkeys.DiscoverableCredentials", .group = "passkeys", .name = "discoverable_credentials"},
    {.parameter = "Passkeys.UserVerification", .group = "passkeys", .name = "user_verification"},
};

json::object& inside(json::object& object, std::string_view name) {
  json::value& value = object[name];
  if (!value.is_object()) value = json::object{};
  return value.get_object();
}

/// A text of one of a group's words; empty is no wish.
bool is_word(std::string_view name, std::string_view text) {
  if (text.empty()) return true;
  if (name == "authenticator_attachment") return text == "platform" || text == "cross-platform" || text == "any";
  if (name == "discoverable_credentials" || name == "user_verification")
    return text == "required" || text == "preferred" || text == "discouraged";
  return true;
}

/// The value of a parameter. Error: 60200.
Result<json::value> read(const Setting& setting, std::string_view text) {
  switch (setting.type) {
    case Type::kFlag:
      return json::value(text == "true" || text == "True");
    case Type::kNumber: {
      int value = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (error != std::errc{} || end != text.data() + text.size() || value < setting.least || value > setting.most)
        return fail(errors::invalid(setting.parameter));
      return json::value(value);
    }
    case Type::kList: {
      json::array list;
      while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        if (comma > 0) list.push_back(json::value(text.substr(0, comma)));
        text.remove_prefix(std::min(comma + 1, text.size()));
      }
      return json::value(std::move(list));
    }
    case Type::kText:
      break;
  }
  if (!is_word(setting.name, text)) return fail(errors::invalid(setting.parameter));
  return text.empty() ? json::value(nullptr) : json::value(text);
}

/// Takes over into the service what the form says of its groups.
Result<> set_groups(json::object& service, const rest::Fields& form) {
  for (const Setting& setting : kSettings) {
    const auto* text = form.find(setting.parameter);
    if (!text) continue;
    DT_TRY(json::value value, read(setting, *text));
    json::object& group = inside(service, setting.group);
    (setting.inner.empty() ? group : inside(group, setting.inner))[setting.name] = std::move(value);
  }
  return {};
}

Result<> check(const rest::Fields& form) {
  if (const auto* name = form.find("FriendlyName"); name && (name->empty() || name->size() > kNameMax))
    return fail(errors::invalid("FriendlyName"));
  if (const auto* length = form.find("CodeLength")) {
    if (length->size() > 2 || (length->size() == 2 ? *length != "10" : *length < "4" || *length > "9"))
      return fail(errors::invalid("CodeLength"));
  }
  return {};
}

Task<Result<Reply>> create(rest::Engine& engine, Context& context) {
  if (!context.form.has("FriendlyName")) co_return fail(errors::invalid("FriendlyName"));
  DT_CO_CHECK(check(context.form));
  for (const auto& [name, value] : {std::pair{"CodeLength", "6"},
                                    {"LookupEnabled", "false"},
                                    {"Psd2Enabled", "false"},
                                    {"SkipSmsToLandlines", "false"},
                                    {"DtmfInputRequired", "true"},
                                    {"DoNotShareWarningEnabled", "false"},
                                    {"CustomCodeEnabled", "false"},
                                    {"VerifyEventSubscriptionEnabled", "false"}}) {
    context.form.set_default(name, value);
  }
  co_return co_await engine.generic(context, [&](json::object& service, store::Transaction&) -> Result<> {
    service["push"] = {{"include_date", false}, {"apn_credential_sid", nullptr}, {"fcm_credential_sid", nullptr}};
    service["totp"] = {
        {"issuer", context.form.get("FriendlyName")}, {"time_step", 30}, {"code_length", 6}, {"skew", 1}};
    service["whatsapp"] = {{"msg_service_sid", nullptr}, {"from", nullptr}};
    service["passkeys"] = nullptr;
    return set_groups(service, context.form);
  });
}

Task<Result<Reply>> update(rest::Engine& engine, Context& context) {
  DT_CO_CHECK(check(context.form));
  co_return co_await engine.generic(
      context, [&](json::object& service, store::Transaction&) { return set_groups(service, context.form); });
}

Task<Result<Reply>> remove(rest::Engine& engine, Context& context) {
  co_return co_await engine.generic(context, [&](json::object& service, store::Transaction& transaction) -> Result<> {
    transaction.erase(settings_scope(context.account->sid), std::string(text_of(service, "sid")));
    return {};
  });
}

}  // namespace

void add_services(rest::Engine& engine) {
  const auto as_it_is = [&engine](Context& context) { return engine.generic(context); };
  engine.add({.host = "verify",
              .path = "/v2/Services",
              .methods = {{.method = Method::kGet, .run = as_it_is},
                          {.method = Method::kPost,
                           .run = [&engine](Context& context) { return create(engine, context); },
                           .validates = true}}});
  engine.add({.host = "verify",
              .path = "/v2/Services/{Sid}",
              .methods = {{.method = Method::kGet, .run = as_it_is},
                          {.method = Method::kPost,
                           .run = [&engine](Context& context) { return update(engine, context); },
                           .validates = true},
                          {.method = Method::kDelete,
                           .run = [&engine](Context& context) { return remove(engine, context); }}}});
}

}  // namespace dialtone::verify::resources
