#pragma once
// The REST resources of this module; each is one file beside this one, named after its function.

#include "monitor/alerts.hpp"

namespace dialtone::monitor::resources {

rest::Resource alerts(rest::Services& services);
rest::Resource alert(rest::Services& services);

}  // namespace dialtone::monitor::resources
