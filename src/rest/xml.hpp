#pragma once
// The XML form of the 2010 API: <TwilioResponse> around CamelCase elements; a list is one element with paging
// attributes.

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace dialtone::rest {

/// `resource` names the element, e.g. "Message" (or "Messages" for a list whose rows lie under `list_key`).
std::string xml_from_json(std::string_view json_text, std::string_view resource, std::string_view list_key);
std::string xml_error(const Error& error);

}  // namespace dialtone::rest
