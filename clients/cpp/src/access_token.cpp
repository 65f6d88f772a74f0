#include "twilio/access_token.hpp"

#include <stdexcept>

#include "digest.hpp"

namespace twilio {

namespace {

/// Only what was given is granted.
void set(Json& payload, const char* name, const std::string& value) {
  if (!value.empty()) payload.set(name, value);
}

}  // namespace

Json ChatGrant::payload() const {
  Json out = Json::object({});
  set(out, "service_sid", service_sid);
  set(out, "endpoint_id", endpoint_id);
  set(out, "deployment_role_sid", deployment_role_sid);
  set(out, "push_credential_sid", push_credential_sid);
  return out;
}

Json VideoGrant::payload() const {
  Json out = Json::object({});
  set(out, "room", room);
  return out;
}

Json SyncGrant::payload() const {
  Json out = Json::object({});
  set(out, "service_sid", service_sid);
  set(out, "endpoint_id", endpoint_id);
  return out;
}

Json VoiceGrant::payload() const {
  Json out = Json::object({});
  if (incoming_allow) out.set("incoming", Json::object({{"allow", true}}));
  if (!outgoing_application_sid.empty()) {
    Json outgoing = Json::object({{"application_sid", outgoing_application_sid}});
    if (outgoing_application_params.is_object()) outgoing.set("params", outgoing_application_params);
    out.set("outgoing", outgoing);
  }
  set(out, "push_credential_sid", push_credential_sid);
  set(out, "endpoint_id", endpoint_id);
  return out;
}

Json TaskRouterGrant::payload() const {
  Json out = Json::object({});
  set(out, "workspace_sid", workspace_sid);
  set(out, "worker_sid", worker_sid);
  set(out, "role", role);
  return out;
}

AccessToken::AccessToken(std::string account_sid, std::string key_sid, std::string secret, TokenOptions options)
    : account_sid_(std::move(account_sid)),
      key_sid_(std::move(key_sid)),
      secret_(std::move(secret)),
      options_(std::move(options)) {
  if (account_sid_.empty() || key_sid_.empty() || secret_.empty() || options_.identity.empty()) {
    throw std::invalid_argument("an access token needs an account SID, a key SID, its secret and an identity");
  }
}

std::string AccessToken::jwt_at(std::chrono::system_clock::time_point now, Algorithm algorithm) const {
  constexpr const char* kNames[] = {"HS256", "HS384", "HS512"};
  constexpr const char* kHashes[] = {"SHA256", "SHA384", "SHA512"};
  const int which = static_cast<int>(algorithm);
  const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();

  Json header = Json::object({{"alg", kNames[which]}, {"typ", "JWT"}, {"cty", "twilio-fpa;v=1"}});
  if (!options_.region.empty()) header.set("twr", options_.region);
  Json grants = Json::object({{"identity", options_.identity}});
  for (const auto& [name, grant] : grants_.members()) grants.set(name, grant);
  Json payload = Json::object({{"jti", key_sid_ + "-" + std::to_string(seconds)}, {"grants", grants}});
  if (options_.not_before) payload.set("nbf", options_.not_before->time_since_epoch().count());
  payload.set("iat", seconds).set("exp", seconds + options_.ttl.count()).set("iss", key_sid_).set("sub", account_sid_);

  std::string text = detail::base64_url(header.dump()) + "." + detail::base64_url(payload.dump());
  return text + "." + detail::base64_url(detail::hmac(kHashes[which], secret_, text));
}

}  // namespace twilio
