#pragma once
// The geocoder's tables, loaded when they are first asked for.

#include "places/places.hpp"

namespace dialtone::numbers {

/// Without the library, which is logged once, nothing is known of any number.
const places::Tables& place_tables();

}  // namespace dialtone::numbers
