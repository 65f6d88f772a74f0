#pragma once
// The REST resources of this module; each is one file beside this one, named after its function.

#include "rest/engine.hpp"
#include "verify/verifications.hpp"

namespace dialtone::verify::resources {

rest::Resource verifications(Verifications& verifications);
rest::Resource verification(Verifications& verifications);
rest::Resource verification_check(Verifications& verifications);
rest::Resource attempts_summary(Verifications& verifications);

}  // namespace dialtone::verify::resources
