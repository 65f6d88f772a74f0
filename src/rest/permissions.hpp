#pragma once
// What a restricted API key may do: a list of permissions, `/twilio/messaging/messages/create`. Each names a product, a
// resource (collections joined by `.` or `/`) and an action: create, read, list, update, delete. A permission fits an
// operation when the action is its, the product is, and the resource is the last collection of its path, or the last
// few. Source: Twilio, Restricted API keys; error dictionary, 70051.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "catalogue/catalogue.hpp"

namespace dialtone::rest {

inline constexpr std::size_t kPermissionsMax = 100;
inline constexpr ErrorRow kAuthorizationFailed{70051, 403, "Authorization Failed"};

class Permissions {
 public:
  /// Reads a key's policy, `{"allow": [...]}`. Error: 20001.
  static Result<Permissions> parse(const json::object& policy);

  [[nodiscard]] bool allow(std::string_view host, catalogue::Operation operation) const;

 private:
  struct Permission {
    std::string product;
    std::string resource;  ///< `messagesmedia`
    std::string action;
  };
  std::vector<Permission> allowed_;
};
using PermissionsPtr = std::shared_ptr<const Permissions>;

}  // namespace dialtone::rest
