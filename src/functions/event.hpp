#pragma once
// The event that a handler is given, made of a request: `request` (headers and cookies), then the query, then the body,
// and what comes later wins. Source: the fact sheet, functions, section 7.

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/form.hpp"
#include "net/http.hpp"

namespace dialtone::functions {

namespace errors {
inline constexpr ErrorRow kInvalidRequest{82001, 400, "The request is invalid"};
}  // namespace errors

/// What the query and the body say. The views are of the request.
struct EventParts {
  enum class Body : std::uint8_t { kNone, kForm, kJson, kOther };
  Body body = Body::kNone;
  FormPairs query;
  FormPairs form;
  std::string members;  ///< of a JSON body: `"a": 1, "b": 2`, ready to stand in an object
};

/// Reads the query and a body that is a form or JSON. Errors: 82001 with status 400.
Result<EventParts> read_event(const net::Request& request);

/// Appends the event as JSON. A name may stand there several times: the last one counts, as JavaScript reads it.
void append_event(std::string& out, const net::Request& request, const EventParts& parts);

}  // namespace dialtone::functions
