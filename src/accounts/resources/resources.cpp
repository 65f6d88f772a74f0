#include "accounts/resources/resources.hpp"

namespace dialtone::accounts::resources {

void add_to(rest::Engine& engine, rest::Services& services, Directory& directory) {
  engine.add(accounts(services, directory));
  engine.add(account(services, directory));
  engine.add(keys(services, directory, "api", "/2010-04-01/Accounts/{AccountSid}/Keys.json"));
  engine.add(key(services, directory, "api", "/2010-04-01/Accounts/{AccountSid}/Keys/{Sid}.json"));
  engine.add(keys(services, directory, "api", "/2010-04-01/Accounts/{AccountSid}/SigningKeys.json"));
  engine.add(key(services, directory, "api", "/2010-04-01/Accounts/{AccountSid}/SigningKeys/{Sid}.json"));
  engine.add(keys(services, directory, "iam", "/v1/Keys"));
  engine.add(key(services, directory, "iam", "/v1/Keys/{Sid}"));
  engine.add(secondary_auth_token(services, directory));
  engine.add(auth_token_promotion(services, directory));
  engine.add(tokens(services));
}

}  // namespace dialtone::accounts::resources
