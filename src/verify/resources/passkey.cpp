#include <algorithm>

#include <fmt/format.h>

#include "rest/values.hpp"
#include "verify/resources/factor.hpp"
#include "verify/signature.hpp"
#include "verify/webauthn.hpp"

// Passkeys: the browser makes a key pair for the relying party, and signs challenges with it. The challenge of a
// registration is its factor's SID, that of a login its challenge's, so what a browser hands back says what it is for.
// Source: Verify v2, Passkeys; error dictionary, 60367 to 60392; W3C Web Authentication, 7.1 and 7.2.

namespace dialtone::verify::resources {
namespace {

using catalogue::Method;
using rest::Context;
using rest::Reply;

constexpr std::chrono::minutes kLife{10};
constexpr std::size_t kNameMax = 64;
constexpr std::size_t kPasskeysMax = 100;  ///< of an entity
constexpr int kTriesMax = 8;

std::string service_scope(const Context& context) {
  return fmt::format("{}/verify/v2/Services/{}", context.account->sid, context.value("ServiceSid"));
}
/// Whose a passkey is: by its factor's SID, and by its credential.
std::string owner_scope(const Context& context) { return service_scope(context) + "/PasskeyOwners"; }
std::string credential_scope(const Context& context) { return service_scope(context) + "/PasskeyCredentials"; }
std::string challenge_scope(const Context& context) { return service_scope(context) + "/PasskeyChallenges"; }

store::RecordPtr record_of(std::string id, const json::object& value) {
  return std::make_shared<const store::Record>(
      store::Record{.id = std::move(id), .value = wire_json(value), .terms = {}});
}

const json::object& object_in(const json::object& object, std::string_view name) {
  static const json::object kNone;
  const json::value* value = object.if_contains(name);
  return value && value->is_object() ? value->get_object() : kNone;
}

const json::object& body_of(const Context& context) {
  static const json::object kNone;
  return context.body.is_object() ? context.body.get_object() : kNone;
}

std::string word(const json::object& config, std::string_view name, std::string_view usual) {
  const std::string_view text = text_of(config, name);
  return std::string(text.empty() ? usual : text);
}

/// What a request asks for, else what the service is set to. Error: 60372.
Result<json::object> config_of(const json::object& asked, const json::object& service) {
  const json::object& usual = object_in(service, "passkeys");
  json::object party = object_in(asked, "relying_party");
  if (party.empty()) party = object_in(usual, "relying_party");
  const std::string id(text_of(party, "id"));
  if (id.empty() || id.find_first_of("/: ") != std::string::npos) return fail(errors::kRelyingPartyId);
  const json::value* origins = party.if_contains("origins");
  json::array kept;
  if (origins && origins->is_array()) {
    for (const json::value& each : origins->get_array()) {
      if (each.is_string()) kept.push_back(each);
    }
  }
  const auto wish = [&](std::string_view name, std::string_view otherwise) {
    return word(asked, name, word(usual, name, otherwise));
  };
  return json::object{{"relying_party", {{"id", id}, {"name", word(party, "name", id)}, {"origins", std::move(kept)}}},
                      {"authenticator_attachment", wish("authenticator_attachment", "any")},
                      {"discoverable_credentials", wish("discoverable_credentials", "preferred")},
                      {"user_verification", wish("user_verification", "preferred")}};
}

/// Is the page one of the relying party's? Origins that it names may be given with or without their scheme.
bool is_at_home(const webauthn::ClientData& client, const json::object& config) {
  const json::object& party = object_in(config, "relying_party");
  const json::value* origins = party.if_contains("origins");
  if (!origins || !origins->is_array() || origins->get_array().empty())
    return webauthn::is_origin_of(client.origin, text_of(party, "id"));
  return std::ranges::any_of(origins->get_array(), [&](const json::value& each) {
    const std::string_view origin = each.get_string();
    return client.origin == origin || client.origin == fmt::format("https://{}", origin);
  });
}

/// Both halves of what a browser hands back: of the relying party, with its user there. Errors: 60379, 60382.
Result<> check_place(const webauthn::ClientData& client, const webauthn::AuthenticatorData& data,
                     const json::object& config) {
  if (!is_at_home(client, config) || data.rp_id_hash != sha256(text_of(object_in(config, "relying_party"), "id")))
    return fail(errors::kOtherParty);
  if (!data.user_present || (text_of(config, "user_verification") == "required" && !data.user_verified))
    return fail(errors::kAuthenticatorData);
  return {};
}

/// `id` in base64url, `rawId` in that or in hex. Errors: 60375, 60376.
Result<std::string> credential_id(const json::object& body) {
  const std::string_view id = text_of(body, "id");
  const auto bytes = base64url_decode(id);
  if (id.empty() || !bytes) return fail(errors::kCredentialId);
  const std::string_view raw = text_of(body, "rawId");
  std::string hex;
  for (const char c : *bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  if (!raw.empty() && raw != id && raw != hex) return fail(errors::kRawId);
  return *bytes;
}

/// Passkeys that the user has, as the options name them.
Task<json::array> descriptors(rest::Services& services, const Context& context, std::string identity) {
  json::array out;
  for (const auto& row :
       co_await services.ledger.store().list({.scope = factor_scope(context, identity), .limit = kPasskeysMax * 2})) {
    const json::object factor = stored_object(row->value);
    if (text_of(factor, "factor_type") != "passkeys" || text_of(factor, "status") != "verified") continue;
    json::object each{{"type", "public-key"}, {"id", text_of(factor, "#credential")}};
    if (const json::value* transports = factor.if_contains("#transports")) each["transports"] = *transports;
    out.push_back(std::move(each));
  }
  co_return out;
}

/// POST …/Passkeys/Factors
Task<Result<Reply>> create_factor(rest::Services& services, Webhooks& webhooks, Context& context) {
  const json::object& body = body_of(context);
  DT_CO_TRY(const json::object service, co_await service_of(services, context));
  const std::string identity(text_of(body, "identity"));
  if (!is_identity(identity)) co_return fail(errors::kIdentity);
  const std::string name(text_of(body, "friendly_name"));
  if (name.empty() || name.size() > kNameMax) co_return fail(errors::malformed("friendly_name"));
  DT_CO_TRY(const json::object config, config_of(object_in(body, "config"), service));
  DT_CO_TRY(const json::object entity, co_await entity_for(services, context, identity));
  json::array others = co_await descriptors(services, context, identity);
  if (others.size() >= kPasskeysMax) co_return fail(errors::kFactorLimit);
  const auto hooks = co_await hooks_of(webhooks, context, "factor.created");
  const TimePoint now = services.clock.now();
  const std::string sid = services.sids.make("YF");
  const json::object& party = object_in(config, "relying_party");
  const std::string discoverable = word(config, "discoverable_credentials", "preferred");
  json::object selection{{"requireResidentKey", discoverable == "required"},
                         {"residentKey", discoverable},
                         {"userVerification", text_of(config, "user_verification")}};
  if (const auto attachment = text_of(config, "authenticator_attachment"); attachment != "any")
    selection["authenticatorAttachment"] = attachment;
  json::object options{
      {"rp", {{"id", text_of(party, "id")}, {"name", text_of(party, "name")}}},
      {"user", {{"id", base64url_encode(text_of(entity, "sid"))}, {"name", name}, {"displayName", name}}},
      {"challenge", base64url_encode(sid)},
      {"pubKeyCredParams", json::array{json::object{{"type", "public-key"}, {"alg", -7}},
                                       json::object{{"type", "public-key"}, {"alg", -257}}}},
      {"timeout", std::chrono::milliseconds(kLife).count()},
      {"excludeCredentials", std::move(others)},
      {"authenticatorSelection", std::move(selection)},
      {"attestation", "none"}};
  json::object factor{{"sid", sid},
                      {"account_sid", context.account->sid},
                      {"service_sid", context.value("ServiceSid")},
                      {"entity_sid", entity.at("sid")},
                      {"identity", identity},
                      {"binding", nullptr},
                      {"date_created", iso8601(now)},
                      {"date_updated", iso8601(now)},
                      {"friendly_name", name},
                      {"status", "unverified"},
                      {"factor_type", "passkeys"},
                      {"config", config},
                      {"options", json::object{{"publicKey", std::move(options)}}},
                      {"metadata", nullptr},
                      {"url", fmt::format("{}/v2/Services/{}/Entities/{}/Factors/{}", context.base_url,
                                          context.value("ServiceSid"), identity, sid)}};
  store::Transaction transaction;
  transaction.put(factor_scope(context, identity), record_of(sid, factor));
  transaction.put(owner_scope(context), record_of(sid, {{"identity", identity}}));
  happened(transaction, hooks, "factor.created", factor, now);
  DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
  co_return Reply{.status = 201, .body = wire_json(rest::shape(factor, context.operation.response(), now))};
}

/// POST …/Passkeys/VerifyFactor: what navigator.credentials.create() gave.
Task<Result<Reply>> verify_factor(rest::Services& services, Webhooks& webhooks, Context& context) {
  const json::object& body = body_of(context);
  DT_CO_CHECK(co_await service_of(services, context));
  const json::object& response = object_in(body, "response");
  if (response.empty()) co_return fail(errors::kAuthenticatorResponse);
  const auto client = webauthn::read_client_data(text_of(response, "clientDataJSON"));
  if (!client || client->type != "webauthn.create") co_return fail(errors::kClientData);
  const auto data = webauthn::read_attestation(text_of(response, "attestationObject"));
  if (!data) co_return fail(errors::kAttestation);
  if (!data->credential) co_return fail(errors::kAttestedData);
  if (data->credential->key_der.empty()) co_return fail(errors::kPublicKey);
  if (body.contains("id")) {
    DT_CO_TRY(const std::string id, credential_id(body));
    if (id != data->credential->id) co_return fail(errors::kCredentialId);
  }
  auto& store = services.ledger.store();
  const auto owner = co_await store.get(owner_scope(context), client->challenge);
  if (!owner) co_return fail(errors::kFactorUnknown);
  const std::string identity(text_of(stored_object(owner->value), "identity"));
  const auto hooks = co_await hooks_of(webhooks, context, "factor.verified");
  const TimePoint now = services.clock.now();
  const auto found = co_await store.get(factor_scope(context, identity), client->challenge);
  if (!found) co_return fail(errors::kFactorUnknown);
  json::object factor = stored_object(found->value);
  const auto made = parse_time(text_of(factor, "date_created"));
  if (text_of(factor, "status") != "unverified" || (made && now >= made->time + kLife))
    co_return fail(errors::kFactorStatus);
  DT_CO_CHECK(check_place(*client, *data, object_in(factor, "config")));
  const std::string credential = base64url_encode(data->credential->id);
  factor["status"] = "verified";
  factor["date_updated"] = iso8601(now);
  factor["options"] = nullptr;
  factor["#credential"] = credential;
  factor["#key"] = base64url_encode(data->credential->key_der);
  factor["#counter"] = data->counter;
  if (const json::value* transports = response.if_contains("transports"); transports && transports->is_array())
    factor["#transports"] = *transports;
  store::Transaction transaction;
  transaction.require_unchanged(factor_scope(context, identity), found);
  // A credential is registered once; one whose factor was deleted may come again.
  if (const auto known = co_await store.get(credential_scope(context), credential)) {
    const json::object whose = stored_object(known->value);
    if (co_await store.get(factor_scope(context, text_of(whose, "identity")), text_of(whose, "factor_sid")))
      co_return fail(errors::kFactorExists);
    transaction.require_unchanged(credential_scope(context), known);
  } else {
    transaction.require_absent(credential_scope(context), credential);
  }
  transaction.put(factor_scope(context, identity), record_of(client->challenge, factor));
  transaction.put(credential_scope(context),
                  record_of(credential, {{"identity", identity}, {"factor_sid", client->challenge}}));
  happened(transaction, hooks, "factor.verified", factor, now);
  const auto committed = co_await services.ledger.commit(std::move(transaction));
  if (!committed && committed.error().code == store::kConflict.code) co_return fail(errors::kFactorExists);
  if (!committed) co_return fail(committed.error());
  co_return Reply{.status = 200, .body = wire_json(rest::shape(factor, context.operation.response(), now))};
}

/// POST …/Passkeys/Challenges: for a user, for one of their passkeys, or for whoever has one.
Task<Result<Reply>> create_challenge(rest::Services& services, Context& context) {
  const json::object& body = body_of(context);
  DT_CO_TRY(const json::object service, co_await service_of(services, context));
  auto& store = services.ledger.store();
  const std::string identity(text_of(body, "identity"));
  const std::string factor_sid(text_of(body, "factor_sid"));
  json::value entity_sid = "";
  json::array allowed;
  json::object config;
  if (!factor_sid.empty() && identity.empty()) co_return fail(errors::kIdentity);
  if (!identity.empty()) {
    const auto entity = co_await store.get(entity_scope(context), identity);
    if (!entity) co_return fail(errors::kEntityUnknown);
    entity_sid = stored_object(entity->value).at("sid");
    allowed = co_await descriptors(services, context, identity);
  }
  if (!factor_sid.empty()) {
    const auto found = co_await store.get(factor_scope(context, identity), factor_sid);
    if (!found) co_return fail(errors::kFactorUnknown);
    const json::object factor = stored_object(found->value);
    if (text_of(factor, "status") != "verified") co_return fail(errors::kFactorUnverified);
    json::array own;
    for (json::value& each : allowed) {
      if (text_of(each.get_object(), "id") == text_of(factor, "#credential")) own.push_back(std::move(each));
    }
    allowed = std::move(own);
    config = object_in(factor, "config");
  } else {
    DT_CO_TRY(config, config_of({}, service));
  }
  const TimePoint now = services.clock.now();
  const std::string sid = services.sids.make("YC");
  json::object options{{"challenge", base64url_encode(sid)},
                       {"timeout", std::chrono::milliseconds(kLife).count()},
                       {"rpId", text_of(object_in(config, "relying_party"), "id")},
                       {"allowCredentials", std::move(allowed)},
                       {"userVerification", text_of(config, "user_verification")}};
  json::object challenge{
      {"sid", sid},
      {"account_sid", context.account->sid},
      {"service_sid", context.value("ServiceSid")},
      {"entity_sid", entity_sid},
      {"identity", identity},
      {"factor_sid", factor_sid},
      {"date_created", iso8601(now)},
      {"date_updated", iso8601(now)},
      {"date_responded", nullptr},
      {"expiration_date", iso8601(now + kLife)},
      {"status", "pending"},
      {"responded_reason", "none"},
      {"details", nullptr},
      {"hidden_details", nullptr},
      {"metadata", nullptr},
      {"factor_type", "passkeys"},
      {"url", fmt::format("{}/v2/Services/{}/Passkeys/Challenges", context.base_url, context.value("ServiceSid"))},
      {"links", nullptr},
      {"options", json::object{{"publicKey", std::move(options)}}},
      {"#config", config}};
  store::Transaction transaction;
  transaction.put(challenge_scope(context), record_of(sid, challenge));
  transaction.journal({.at = now,
                       .kind = "challenge.created",
                       .account = context.account->sid,
                       .subject = sid,
                       .data = wire_json({{"identity", identity}, {"factor_type", "passkeys"}})});
  DT_CO_CHECK(co_await services.ledger.commit(std::move(transaction)));
  co_return Reply{.status = 201, .body = wire_json(rest::shape(challenge, context.operation.response(), now))};
}

/// Does the answer come from this passkey, for this challenge? Counts its use. Errors: 60324, 60381, 60382, 60390.
Result<> judge(json::object& factor, const json::object& challenge, const webauthn::ClientData& client,
               const webauthn::AuthenticatorData& data, std::string_view signature) {
  const auto fits = [&](std::string_view name) {
    return text_of(challenge, name).empty() || text_of(challenge, name) == text_of(factor, name);
  };
  const bool named =
      text_of(challenge, "factor_sid").empty() || text_of(challenge, "factor_sid") == text_of(factor, "sid");
  if (!named || !fits("identity") || text_of(factor, "status") != "verified") return fail(errors::kFactorUnknown);
  DT_CHECK(check_place(client, data, object_in(challenge, "#config")));
  if (signature.empty() || !base64url_decode(signature)) return fail(errors::kSignature);
  const auto key = base64url_decode(text_of(factor, "#key"));
  if (!key || !webauthn::is_signed(*key, data, client, signature)) return fail(errors::kChallengeFailed);
  // A counter that does not go up tells of a copied key.
  const auto before = factor.at("#counter").to_number<std::uint64_t>();
  if ((before != 0 || data.counter != 0) && data.counter <= before) return fail(errors::kChallengeFailed);
  factor["#counter"] = data.counter;
  return {};
}

/// POST …/Passkeys/ApproveChallenge: what navigator.credentials.get() gave.
Task<Result<Reply>> approve(rest::Services& services, Webhooks& webhooks, Context& context) {
  const json::object& body = body_of(context);
  DT_CO_CHECK(co_await service_of(services, context));
  const json::object& response = object_in(body, "response");
  if (response.empty()) co_return fail(errors::kAuthenticatorResponse);
  DT_CO_TRY(const std::string id, credential_id(body));
  const auto client = webauthn::read_client_data(text_of(response, "clientDataJSON"));
  if (!client || client->type != "webauthn.get") co_return fail(errors::kClientData);
  const auto data = webauthn::read_authenticator_data(text_of(response, "authenticatorData"));
  if (!data) co_return fail(errors::kAuthenticatorData);
  auto& store = services.ledger.store();
  const auto hooks = co_await hooks_of(webhooks, context, "challenge.approved");
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const TimePoint now = services.clock.now();
    const auto asked = co_await store.get(challenge_scope(context), client->challenge);
    if (!asked) co_return fail(errors::kChallengeUnknown);
    json::object challenge = stored_object(asked->value);
    if (text_of(challenge, "status") != "pending") co_return fail(errors::kChallengeAnswered);
    const auto expires = parse_time(text_of(challenge, "expiration_date"));
    if (expires && now >= expires->time) co_return fail(errors::kChallengeExpired);
    const auto owner = co_await store.get(credential_scope(context), base64url_encode(id));
    if (!owner) co_return fail(errors::kFactorUnknown);
    const json::object said = stored_object(owner->value);
    const std::string identity(text_of(said, "identity"));
    const auto found = co_await store.get(factor_scope(context, identity), text_of(said, "factor_sid"));
    if (!found) co_return fail(errors::kFactorUnknown);
    json::object factor = stored_object(found->value);
    DT_CO_CHECK(judge(factor, challenge, *client, *data, text_of(response, "signature")));
    challenge["entity_sid"] = factor.at("entity_sid");
    challenge["identity"] = identity;
    challenge["factor_sid"] = factor.at("sid");
    challenge["status"] = "approved";
    challenge["date_responded"] = iso8601(now);
    challenge["date_updated"] = iso8601(now);
    store::Transaction transaction;
    transaction.require_unchanged(challenge_scope(context), asked);
    transaction.require_unchanged(factor_scope(context, identity), found);
    transaction.put(challenge_scope(context), record_of(client->challenge, challenge));
    transaction.put(factor_scope(context, identity), record_of(std::string(text_of(factor, "sid")), factor));
    transaction.journal({.at = now,
                         .kind = "challenge.approved",
                         .account = context.account->sid,
                         .subject = client->challenge,
                         .data = wire_json({{"identity", identity}, {"factor_sid", text_of(factor, "sid")}})});
    Webhooks::tell(transaction, hooks, "challenge.approved", factor, &challenge, now);
    const auto committed = co_await services.ledger.commit(std::move(transaction));
    if (committed)
      co_return Reply{.status = 200, .body = wire_json(rest::shape(challenge, context.operation.response(), now))};
    if (committed.error().code != store::kConflict.code) co_return fail(committed.error());
  }
  co_return fail(dialtone::errors::kConflict);
}

}  // namespace

void add_passkeys(rest::Engine& engine, rest::Services& services, Webhooks& webhooks) {
  const auto add = [&](std::string_view path, rest::Behaviour run) {
    engine.add({.host = "verify",
                .path = path,
                .methods = {{.method = Method::kPost, .run = std::move(run), .validates = true}}});
  };
  add("/v2/Services/{ServiceSid}/Passkeys/Factors",
      [&](Context& context) { return create_factor(services, webhooks, context); });
  add("/v2/Services/{ServiceSid}/Passkeys/VerifyFactor",
      [&](Context& context) { return verify_factor(services, webhooks, context); });
  add("/v2/Services/{ServiceSid}/Passkeys/Challenges",
      [&](Context& context) { return create_challenge(services, context); });
  add("/v2/Services/{ServiceSid}/Passkeys/ApproveChallenge",
      [&](Context& context) { return approve(services, webhooks, context); });
}

}  // namespace dialtone::verify::resources
