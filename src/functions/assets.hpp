#pragma once
// Assets that anybody may see: a file of a build, with its content type, conditions (RFC 9110, 13) and ranges. A
// version never changes, so its SID is the entity tag.

#include <string>

#include "functions/deployed.hpp"
#include "net/http.hpp"

namespace dialtone::functions {

/// Answers GET and HEAD. A file that cannot be read is a 404.
net::Response serve_asset(const net::Request& request, const Bundle& bundle, const Route& route);

/// What a browser asks before it sends a request to another origin.
net::Response asset_options();

}  // namespace dialtone::functions
