#pragma once
// The REST resources of this module; each is one file beside this one, named after its function.

#include "accounts/directory.hpp"
#include "rest/engine.hpp"

namespace dialtone::accounts::resources {

rest::Resource accounts(rest::Services& services, Directory& directory);
rest::Resource account(rest::Services& services, Directory& directory);
/// Keys and SigningKeys of the 2010 API and the keys of iam.twilio.com are views of the same keys.
rest::Resource keys(rest::Services& services, Directory& directory, std::string_view host, std::string_view path);
rest::Resource key(rest::Services& services, Directory& directory, std::string_view host, std::string_view path);
rest::Resource secondary_auth_token(rest::Services& services, Directory& directory);
rest::Resource auth_token_promotion(rest::Services& services, Directory& directory);
rest::Resource tokens(rest::Services& services);

/// All of them.
void add_to(rest::Engine& engine, rest::Services& services, Directory& directory);

}  // namespace dialtone::accounts::resources
