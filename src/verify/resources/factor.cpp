#include "verify/resources/factor.hpp"

#include <openssl/rand.h>

#include <charconv>

#include <fmt/format.h>

#include "verify/verifications.hpp"

namespace dialtone::verify::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

constexpr std::size_t kSecretBytes = 20;
constexpr std::size_t kIdentityMin = 8;
constexpr std::size_t kIdentityMax = 64;
constexpr std::size_t kNameMax = 64;

/// A whole number of the form, else of the service's settings, else the usual. Error: 60200.
Result<int> number_of(const rest::Fields& form, const json::object& service, std::string_view parameter,
                      std::string_view property, int usual, int least, int most) {
  if (const auto* text = form.find(parameter)) {
    int value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size() || value < least || value > most)
      return fail(errors::malformed(parameter));
    return value;
  }
  const json::value* totp = service.if_contains("totp");
  const json::value* value = totp && totp->is_object() ? totp->get_object().if_contains(property) : nullptr;
  return value && value->is_int64() ? static_cast<int>(value->get_int64()) : usual;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

/// Settings and secret of an authenticator app. Error: 60200.
Result<std::pair<json::object, json::object>> totp_of(const Context& context, const json::object& service) {
  const rest::Fields& form = context.form;
  DT_TRY(const int step, number_of(form, service, "Config.TimeStep", "time_step", 30, 20, 60));
  DT_TRY(const int skew, number_of(form, service, "Config.Skew", "skew", 1, 0, 2));
  DT_TRY(const int length, number_of(form, service, "Config.CodeLength", "code_length", 6, 3, 8));
  std::string alg(form.get("Config.Alg"));
  if (alg.empty()) alg = "sha1";
  if (alg != "sha1" && alg != "sha256" && alg != "sha512") return fail(errors::malformed("Config.Alg"));
  std::string secret(form.get("Binding.Secret"));
  if (secret.empty()) {
    std::string bytes(kSecretBytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
      return fail(dialtone::errors::kInternal);
    secret = base32_encode(bytes);
  } else if (const auto bytes = base32_decode(secret); !bytes || bytes->empty()) {
    return fail(errors::malformed("Binding.Secret"));
  }
  const json::value* totp = service.if_contains("totp");
  std::string_view issuer = totp && totp->is_object() ? text_of(totp->get_object(), "issuer") : std::string_view();
  if (issuer.empty()) issuer = text_of(service, "friendly_name");
  std::string upper = alg;
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  const std::string uri =
      fmt::format("otpauth://totp/{0}:{1}?secret={2}&issuer={0}&algorithm={3}&digits={4}&period={5}",
                  percent_encoded(issuer), percent_encoded(form.get("FriendlyName")), secret, upper, length, step);
  return std::pair{json::object{{"alg", alg}, {"skew", skew}, {"code_length", length}, {"time_step", step}},
                   json::object{{"secret", secret}, {"uri", uri}}};
}

/// Settings and key of a phone. Error: 60200.
Result<std::pair<json::object, json::object>> push_of(const Context& context) {
  const rest::Fields& form = context.form;
  for (const std::string_view name :
       {"Binding.Alg", "Binding.PublicKey", "Config.AppId", "Config.NotificationPlatform"}) {
    if (form.get(name).empty()) return fail(errors::malformed(name));
  }
  if (form.get("Binding.Alg") != "ES256" || !is_p256_key(form.get("Binding.PublicKey")))
    return fail(errors::kBindingFormat);
  const std::string_view platform = form.get("Config.NotificationPlatform");
  if (platform != "none" && form.get("Config.NotificationToken").empty())
    return fail(errors::malformed("Config.NotificationToken"));
  return std::pair{json::object{{"sdk_version", form.get("Config.SdkVersion")},
                                {"app_id", form.get("Config.AppId")},
                                {"notification_platform", platform},
                                {"notification_token", form.get("Config.NotificationToken")}},
                   json::object{{"alg", "ES256"}, {"public_key", form.get("Binding.PublicKey")}}};
}

/// Who comes with a token makes a push factor of the user it is for. Error: 60313.
Task<Result<>> check_token(rest::Services& services, const Context& context) {
  if (!is_sid(context.principal.key_sid, "YK")) co_return Result<>{};
  const auto found = co_await services.ledger.store().get(
      fmt::format("{}/verify/v2/Services/{}/AccessTokens", context.account->sid, context.value("ServiceSid")),
      context.principal.key_sid);
  if (!found || text_of(stored_object(found->value), "entity_identity") != context.value("Identity") ||
      context.form.get("FactorType") != "push")
    co_return fail(errors::kTokenUnfit);
  co_return Result<>{};
}

Task<Result<Reply>> create_entity(rest::Engine& engine, rest::Services& services, Context& context) {
  if (!is_identity(context.form.get("Identity"))) co_return fail(errors::malformed("Identity"));
  auto reply = co_await engine.generic(context, [&](json::object& entity, store::Transaction&) -> Result<> {
    entity["sid"] = services.sids.make("YE");  // it is named by its identity
    return {};
  });
  if (!reply && reply.error().status == 409) co_return fail(errors::kEntityExists);
  co_return reply;
}

/// Has the entity room for one more, and none with the same key? Errors: 60315, 60317.
Task<Result<>> check_others(rest::Services& services, const Context& context, bool totp) {
  const auto rows = co_await services.ledger.store().list(
      {.scope = factor_scope(context), .limit = kPushFactorsMax + kTotpFactorsMax});
  const std::string_view key = context.form.get("Binding.PublicKey");
  std::size_t alike = 0;
  for (const auto& row : rows) {
    json::object factor = stored_object(row->value);
    if (text_of(factor, "factor_type") != (totp ? "totp" : "push")) continue;
    ++alike;
    if (!totp && text_of(member(factor, "binding"), "public_key") == key) co_return fail(errors::kFactorExists);
  }
  if (alike >= (totp ? kTotpFactorsMax : kPushFactorsMax)) co_return fail(errors::kFactorLimit);
  co_return Result<>{};
}

Task<Result<Reply>> create(rest::Engine& engine, rest::Services& services, Webhooks& webhooks, Context& context) {
  const rest::Fields& form = context.form;
  DT_CO_TRY(const json::object service, co_await service_of(services, context));
  DT_CO_CHECK(co_await check_token(services, context));
  if (form.get("FriendlyName").empty() || form.get("FriendlyName").size() > kNameMax)
    co_return fail(errors::malformed("FriendlyName"));
  const bool totp = form.get("FactorType") == "totp";
  if (!totp && form.get("FactorType") != "push") co_return fail(errors::malformed("FactorType"));
  json::value metadata = nullptr;
  if (const auto text = form.get("Metadata"); !text.empty()) {
    auto parsed = parse_json(std::string(text));
    if (!parsed || !parsed->is_object()) co_return fail(errors::malformed("Metadata"));
    metadata = std::move(*parsed);
  }
  std::pair<json::object, json::object> made;
  if (totp) {
    DT_CO_TRY(made, totp_of(context, service));
  } else {
    DT_CO_TRY(made, push_of(context));
  }
  DT_CO_CHECK(co_await check_others(services, context, totp));
  DT_CO_TRY(const json::object entity, co_await entity_for(services, context, std::string(context.value("Identity"))));
  const auto hooks = co_await hooks_of(webhooks, context, "factor.created");
  const TimePoint now = services.clock.now();
  co_return co_await engine.generic(context, [&](json::object& factor, store::Transaction& transaction) -> Result<> {
    factor["entity_sid"] = entity.at("sid");
    factor["identity"] = entity.at("identity");
    factor["status"] = "unverified";
    factor["factor_type"] = totp ? "totp" : "push";
    factor["config"] = std::move(made.first);
    factor["binding"] = std::move(made.second);
    factor["options"] = nullptr;
    factor["metadata"] = std::move(metadata);
    happened(transaction, hooks, "factor.created", factor, now);
    return {};
  });
}

/// POST to one: renames it, changes its settings, and with AuthPayload proves that the user has it.
Task<Result<Reply>> update(rest::Engine& engine, rest::Services& services, Webhooks& webhooks, Context& context) {
  const rest::Fields& form = context.form;
  const TimePoint now = services.clock.now();
  const auto hooks = co_await hooks_of(webhooks, context, "factor.verified");
  co_return co_await engine.generic(context, [&](json::object& factor, store::Transaction& transaction) -> Result<> {
    json::object& config = member(factor, "config");
    const bool totp = text_of(factor, "factor_type") == "totp";
    for (const auto& [parameter, property, least, most] : {std::tuple{"Config.TimeStep", "time_step", 20, 60},
                                                           {"Config.Skew", "skew", 0, 2},
                                                           {"Config.CodeLength", "code_length", 3, 8}}) {
      if (!form.has(parameter) || !totp) continue;
      DT_TRY(config[property], number_of(form, {}, parameter, property, 0, least, most));
    }
    for (const auto& [parameter, property] : {std::pair{"Config.Alg", "alg"},
                                              {"Config.NotificationToken", "notification_token"},
                                              {"Config.SdkVersion", "sdk_version"},
                                              {"Config.NotificationPlatform", "notification_platform"}}) {
      if (form.has(parameter) && totp == (property == std::string_view("alg"))) config[property] = form.get(parameter);
    }
    const std::string_view proof = form.get("AuthPayload");
    if (proof.empty()) return {};
    if (totp) {
      auto right = judge_code(factor, factor, proof, now, errors::kFactorAttempts);
      if (!right) return fail(std::move(right).error());
      if (!*right) return {};  // it stays as it is; only the wrong code is counted
    } else if (!is_signed(text_of(member(factor, "binding"), "public_key"), text_of(factor, "sid"), proof)) {
      return fail(errors::kFactorFailed);
    }
    if (text_of(factor, "status") == "verified") return {};
    factor["status"] = "verified";
    happened(transaction, hooks, "factor.verified", factor, now);
    return {};
  });
}

Task<Result<Reply>> remove(rest::Engine& engine, rest::Services& services, Webhooks& webhooks, Context& context) {
  const auto hooks = co_await hooks_of(webhooks, context, "factor.deleted");
  const TimePoint now = services.clock.now();
  co_return co_await engine.generic(context, [&](json::object& factor, store::Transaction& transaction) -> Result<> {
    happened(transaction, hooks, "factor.deleted", factor, now);
    return {};
  });
}

}  // namespace

Task<Result<json::object>> service_of(rest::Services& services, const Context& context) {
  const auto record =
      co_await services.ledger.store().get(context.account->sid + "/verify/v2/Services", context.value("ServiceSid"));
  if (!record) co_return fail(rest::not_found(context));
  co_return stored_object(record->value);
}

Task<Result<json::object>> entity_for(rest::Services& services, const Context& context, std::string identity) {
  const std::string scope = entity_scope(context);
  if (const auto found = co_await services.ledger.store().get(scope, identity)) co_return stored_object(found->value);
  if (!is_identity(identity)) co_return fail(errors::malformed("Identity"));
  const std::string now = iso8601(services.clock.now());
  const std::string url =
      fmt::format("{}/v2/Services/{}/Entities/{}", context.base_url, context.value("ServiceSid"), identity);
  json::object entity{{"sid", services.sids.make("YE")},
                      {"identity", identity},
                      {"account_sid", context.account->sid},
                      {"service_sid", context.value("ServiceSid")},
                      {"date_created", now},
                      {"date_updated", now},
                      {"url", url},
                      {"links", json::object{{"factors", url + "/Factors"},
                                             {"new_factors", url + "/Factors"},
                                             {"challenges", url + "/Challenges"}}}};
  store::Transaction transaction;
  transaction.put(scope, identity, wire_json(entity));
  DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
  co_return entity;
}

void happened(store::Transaction& transaction, const std::vector<Hook>& hooks, std::string_view event,
              const json::object& factor, TimePoint now) {
  transaction.journal({.at = now,
                       .kind = std::string(event),
                       .account = std::string(text_of(factor, "account_sid")),
                       .subject = std::string(text_of(factor, "sid")),
                       .data = wire_json({{"identity", text_of(factor, "identity")},
                                          {"factor_type", text_of(factor, "factor_type")},
                                          {"service_sid", text_of(factor, "service_sid")}})});
  Webhooks::tell(transaction, hooks, event, factor, nullptr, now);
}

Task<std::vector<Hook>> hooks_of(Webhooks& webhooks, const Context& context, std::string_view event) {
  return webhooks.of(context.account->sid, std::string(context.value("ServiceSid")), std::string(event));
}

bool is_identity(std::string_view text) {
  return text.size() >= kIdentityMin && text.size() <= kIdentityMax &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
             std::string_view::npos;
}

std::string entity_scope(const Context& context) {
  return fmt::format("{}/verify/v2/Services/{}/Entities", context.account->sid, context.value("ServiceSid"));
}

std::string factor_scope(const Context& context) { return factor_scope(context, context.value("Identity")); }

std::string factor_scope(const Context& context, std::string_view identity) {
  return fmt::format("{}/{}/Factors", entity_scope(context), identity);
}

json::object& member(json::object& factor, std::string_view name) {
  json::value& value = factor[name];
  if (!value.is_object()) value = json::object{};
  return value.get_object();
}

TotpConfig totp_config(const json::object& config) {
  const auto number = [&](std::string_view name, int usual) {
    const json::value* value = config.if_contains(name);
    return value && value->is_int64() ? static_cast<int>(value->get_int64()) : usual;
  };
  return {.alg = std::string(text_of(config, "alg")),
          .time_step = number("time_step", 30),
          .code_length = number("code_length", 6),
          .skew = number("skew", 1)};
}

Result<bool> judge_code(json::object& factor, json::object& counted, std::string_view code, TimePoint now,
                        const ErrorRow& over) {
  const auto kept = [](const json::object& object, std::string_view name) -> std::uint64_t {
    const json::value* value = object.if_contains(name);
    return value && value->is_number() ? value->to_number<std::uint64_t>() : 0;
  };
  if (kept(counted, "#wrong") >= kWrongCodesMax) return fail(over);
  const auto secret = base32_decode(text_of(member(factor, "binding"), "secret"));
  const auto step = secret
                        ? totp_match(*secret, totp_config(member(factor, "config")), code, now, kept(factor, "#step"))
                        : std::nullopt;
  if (!step) {
    counted["#wrong"] = kept(counted, "#wrong") + 1;
    return false;
  }
  factor["#step"] = *step;
  counted["#wrong"] = 0;
  return true;
}

void add_factors(rest::Engine& engine, rest::Services& services, Webhooks& webhooks) {
  const auto as_it_is = [&engine](Context& context) { return engine.generic(context); };
  constexpr std::string_view kEntities = "/v2/Services/{ServiceSid}/Entities";
  engine.add(
      {.host = "verify",
       .path = kEntities,
       .methods = {{.method = Method::kGet, .run = as_it_is}, {.method = Method::kPost, .run = [&](Context& context) {
                                                                 return create_entity(engine, services, context);
                                                               }}}});
  engine.add({.host = "verify",
              .path = "/v2/Services/{ServiceSid}/Entities/{Identity}",
              .methods = {{.method = Method::kGet, .run = as_it_is}, {.method = Method::kDelete, .run = as_it_is}}});
  engine.add({.host = "verify",
              .path = "/v2/Services/{ServiceSid}/Entities/{Identity}/Factors",
              .methods = {{.method = Method::kGet, .run = as_it_is},
                          {.method = Method::kPost,
                           .run = [&](Context& context) { return create(engine, services, webhooks, context); },
                           .validates = true}}});
  engine.add({.host = "verify",
              .path = "/v2/Services/{ServiceSid}/Entities/{Identity}/Factors/{Sid}",
              .methods = {{.method = Method::kGet, .run = as_it_is},
                          {.method = Method::kPost,
                           .run = [&](Context& context) { return update(engine, services, webhooks, context); },
                           .validates = true},
                          {.method = Method::kDelete,
                           .run = [&](Context& context) { return remove(engine, services, webhooks, context); }}}});
}

}  // namespace dialtone::verify::resources
