#pragma once
// JSON values that fit a schema of the catalogue.

#include "base/clock.hpp"
#include "base/json.hpp"
#include "catalogue/catalogue.hpp"

namespace dialtone::rest {

/// Does the value have the shape that the schema asks for, all the way down?
bool conforms(const json::value& value, catalogue::Schema schema);

/// The plainest value that fits: null where it may be, the first of an enum, an empty text, zero.
json::value plain_value(catalogue::Schema schema, TimePoint now);
/// The same, but never null.
json::value filled_value(catalogue::Schema schema, TimePoint now);

/// What a form's text becomes in a property of that schema; nullopt when it does not fit.
std::optional<json::value> from_text(std::string_view text, catalogue::Schema schema);

/// A date in the format of the property ("date-time-rfc-2822", "date-time", "date").
std::string date_text(catalogue::Schema schema, TimePoint time);

/// `resource` in the shape of `schema`: its properties in the schema's order, what it lacks filled in.
json::object shape(const json::object& resource, catalogue::Schema schema, TimePoint now);

}  // namespace dialtone::rest
