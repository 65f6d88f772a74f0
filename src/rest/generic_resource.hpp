#pragma once
// What a resource of the generic behaviour looks like: every property of the catalogue's schema, filled from the path,
// the request and the clock, with the addresses of itself and of what hangs on it.

#include "rest/context.hpp"
#include "rest/model.hpp"

namespace dialtone::rest {

/// The name of a new resource: what the client says (a key, a phone number), or an identifier that we make.
std::string new_id(const Context& context, const PathModel& model, SidSource& sids);

/// As it is before the request adds to it: parents, dates, and what the schema allows to be left out.
json::object new_resource(const Context& context, const PathModel& model, std::string_view id, TimePoint now);

/// Puts in what the request gave: form fields by the catalogue's mapping, JSON members by their name.
void apply_request(json::object& resource, const Context& context, catalogue::Schema schema);

/// Puts in `url`, `uri` and the links, which are made of the rest.
void add_addresses(json::object& resource, const Context& context, const PathModel& model, std::string_view id);

/// It changed now.
void touch(json::object& resource, catalogue::Schema schema, TimePoint now);

/// As it lies in the store.
json::object kept_resource(std::string_view text);

}  // namespace dialtone::rest
