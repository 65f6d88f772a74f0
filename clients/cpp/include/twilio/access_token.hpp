#pragma once
// Access tokens for Twilio's SDKs in browsers and phones: who they are and what they may do, signed with an API key's
// secret.
//
//     twilio::AccessToken token(account_sid, key_sid, secret, {.identity = "alice"});
//     token.add(twilio::VoiceGrant{.incoming_allow = true, .outgoing_application_sid = application_sid});
//     token.jwt();

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "twilio/json.hpp"

namespace twilio {

struct ChatGrant {
  static constexpr const char* kKey = "chat";
  std::string service_sid{};
  std::string endpoint_id{};
  std::string deployment_role_sid{};
  std::string push_credential_sid{};
  Json payload() const;
};

struct VideoGrant {
  static constexpr const char* kKey = "video";
  std::string room{};
  Json payload() const;
};

struct SyncGrant {
  static constexpr const char* kKey = "data_sync";
  std::string service_sid{};
  std::string endpoint_id{};
  Json payload() const;
};

struct VoiceGrant {
  static constexpr const char* kKey = "voice";
  bool incoming_allow = false;
  std::string outgoing_application_sid{};
  Json outgoing_application_params{};
  std::string push_credential_sid{};
  std::string endpoint_id{};
  Json payload() const;
};

struct TaskRouterGrant {
  static constexpr const char* kKey = "task_router";
  std::string workspace_sid{};
  std::string worker_sid{};
  std::string role{};
  Json payload() const;
};

struct PlaybackGrant {
  static constexpr const char* kKey = "player";
  /// The grant that the Media API gave.
  Json grant{};
  Json payload() const { return grant.is_object() ? grant : Json::object({}); }
};

struct TokenOptions {
  std::string identity;
  std::chrono::seconds ttl{3600};
  std::optional<std::chrono::sys_seconds> not_before{};
  std::string region{};
};

class AccessToken {
 public:
  enum class Algorithm { kHs256, kHs384, kHs512 };

  /// Throws std::invalid_argument when one of them is empty, or the identity is.
  AccessToken(std::string account_sid, std::string key_sid, std::string secret, TokenOptions options);

  template <class Grant>
  AccessToken& add(const Grant& grant) {
    grants_.set(Grant::kKey, grant.payload());
    return *this;
  }

  std::string jwt(Algorithm algorithm = Algorithm::kHs256) const {
    return jwt_at(std::chrono::system_clock::now(), algorithm);
  }
  /// As if it were another time.
  std::string jwt_at(std::chrono::system_clock::time_point now, Algorithm algorithm = Algorithm::kHs256) const;

 private:
  std::string account_sid_;
  std::string key_sid_;
  std::string secret_;
  TokenOptions options_;
  Json grants_ = Json::object({});
};

}  // namespace twilio
