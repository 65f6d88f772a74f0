#include "verify/access_token.hpp"

#include <charconv>

#include "verify/resources/factor.hpp"
#include "verify/resources/parts.hpp"

// Tokens for phones, and the form that they fill in. Source: Verify v2, Access Tokens and Forms; error dictionary,
// 60305.

namespace dialtone::verify::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

constexpr int kTtlDefault = 60;  ///< seconds
constexpr int kTtlMax = 300;
constexpr std::size_t kNameMax = 64;

Error wrong(std::string_view parameter) {
  return {errors::kAccessToken, std::string(errors::kAccessToken.message).append(" ").append(parameter)};
}

Task<Result<Reply>> create(rest::Engine& engine, rest::Services& services, Context& context) {
  const rest::Fields& form = context.form;
  if (!is_identity(form.get("Identity"))) co_return fail(wrong("Identity"));
  if (form.get("FactorType") != "push") co_return fail(wrong("FactorType"));
  if (form.get("FactorFriendlyName").size() > kNameMax) co_return fail(wrong("FactorFriendlyName"));
  int ttl = kTtlDefault;
  if (const auto* text = form.find("Ttl")) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), ttl);
    if (error != std::errc{} || end != text->data() + text->size() || ttl < kTtlDefault || ttl > kTtlMax)
      co_return fail(wrong("Ttl"));
  }
  co_return co_await engine.generic(context, [&](json::object& token, store::Transaction&) -> Result<> {
    token["entity_identity"] = form.get("Identity");
    token["ttl"] = ttl;
    token["token"] = seal(*context.account, {.sid = std::string(text_of(token, "sid")),
                                             .service_sid = std::string(context.value("ServiceSid")),
                                             .identity = std::string(form.get("Identity")),
                                             .expires = services.clock.now() + std::chrono::seconds(ttl)});
    return {};
  });
}

json::object text(std::string_view description) { return {{"type", "string"}, {"description", description}}; }

/// JSON Schemas of what a phone sends, as the operations check it.
Task<Result<Reply>> form(Context& context) {
  json::object create_factor{
      {"type", "object"},
      {"properties",
       json::object{{"FriendlyName", text("Shown for the factor, up to 64 characters")},
                    {"FactorType", json::object{{"type", "string"}, {"enum", json::array{json::value("push")}}}},
                    {"Binding.Alg", json::object{{"type", "string"}, {"enum", json::array{json::value("ES256")}}}},
                    {"Binding.PublicKey", text("The phone's public key: base64 of its DER, on P-256")},
                    {"Config.AppId", text("The app that asks its user")},
                    {"Config.NotificationPlatform",
                     json::object{{"type", "string"}, {"enum", json::array{"apn", "fcm", "none"}}}},
                    {"Config.NotificationToken", text("Of the platform; not with none")},
                    {"Config.SdkVersion", text("Of the library in the app")}}},
      {"required", json::array{"FriendlyName", "FactorType", "Binding.Alg", "Binding.PublicKey", "Config.AppId",
                               "Config.NotificationPlatform"}}};
  json::object verify_factor{
      {"type", "object"},
      {"properties", json::object{{"AuthPayload", text("The factor's SID, signed: base64 of the DER form")}}},
      {"required", json::array{json::value("AuthPayload")}}};
  json::object create_challenge{
      {"type", "object"},
      {"properties",
       json::object{
           {"FactorSid", text("A verified factor")},
           {"ExpirationDate", json::object{{"type", "string"}, {"format", "date-time"}}},
           {"Details.Message", text("What the user is asked")},
           {"Details.Fields", json::object{{"type", "array"}, {"maxItems", 20}, {"items", text("JSON: label, value")}}},
           {"HiddenDetails", text("JSON: what the user is not shown")}}},
      {"required", json::array{json::value("FactorSid")}}};
  co_return Reply{.status = 200,
                  .body = wire_json({{"form_type", "form-push"},
                                     {"forms", json::object{{"create_factor", std::move(create_factor)},
                                                            {"verify_factor", std::move(verify_factor)},
                                                            {"create_challenge", std::move(create_challenge)}}},
                                     {"form_meta", json::object{}},
                                     {"url", "https://verify.twilio.com/v2/Forms/form-push"}})};
}

}  // namespace

void add_access_tokens(rest::Engine& engine, rest::Services& services) {
  engine.add({.host = "verify",
              .path = "/v2/Services/{ServiceSid}/AccessTokens",
              .methods = {{.method = Method::kPost,
                           .run = [&](Context& context) { return create(engine, services, context); },
                           .validates = true}}});
  engine.add(
      {.host = "verify",
       .path = "/v2/Services/{ServiceSid}/AccessTokens/{Sid}",
       .methods = {{.method = Method::kGet, .run = [&engine](Context& context) { return engine.generic(context); }}}});
  engine.add({.host = "verify",
              .path = "/v2/Forms/{FormType}",
              .methods = {{.method = Method::kGet, .run = [](Context& context) -> Task<Result<Reply>> {
                             if (context.value("FormType") != "form-push") co_return fail(rest::not_found(context));
                             co_return co_await form(context);
                           }}}});
}

}  // namespace dialtone::verify::resources
