#pragma once
// Who changed what: each change that the API makes of an account's configuration leaves an event for Monitor, in the
// transaction that makes the change.

#include "rest/context.hpp"

namespace dialtone::rest {

/// `<account>/monitor/v1/Events`
std::string event_scope(std::string_view account_sid);

struct Audit {
  std::string_view resource_type;  ///< "phone-number"
  std::string_view verb;           ///< "created", "updated", "deleted"
  std::string_view resource_sid;
  const json::object* before = nullptr;  ///< as the API shows it; of an update or deletion
  const json::object* after = nullptr;   ///< of a creation or update
};

/// What the generic behaviour changes and Monitor keeps events of, by the path in the 2010 API: "address",
/// "sip-domain". Empty for all else.
std::string_view generic_type(const Context& context);

/// Adds the event. An update that changed nothing but dates leaves none. Secrets are left out.
void audit(store::Transaction& transaction, Services& services, const Context& context, const Audit& change);

}  // namespace dialtone::rest
