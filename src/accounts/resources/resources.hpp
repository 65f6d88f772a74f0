#pragma once
// The REST resources of this module; each is one file beside this one, named after its function.

#include "accounts/directory.hpp"

namespace dialtone::accounts::resources {

rest::Resource accounts(rest::Services& services, Directory& directory);
rest::Resource account(rest::Services& services, Directory& directory);
/// Keys and SigningKeys are two views of the same keys: `word` is the path's.
rest::Resource keys(rest::Services& services, Directory& directory, std::string_view path);
rest::Resource key(rest::Services& services, Directory& directory, std::string_view path);

}  // namespace dialtone::accounts::resources
