#pragma once
// What a function answered becomes what the client gets: content types, the platform's rules for cookies, its limits.
// Source: the fact sheet, functions, sections 6, 7 and 9.

#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "functions/frames.hpp"
#include "functions/worker.hpp"
#include "net/http.hpp"

namespace dialtone::functions {

inline constexpr std::size_t kHeaderBytesMax = 15 * 1024;  ///< names and values, of a request or a response
inline constexpr std::size_t kHeadersMax = 90;
inline constexpr std::size_t kResponseBytesMax = 4 * 1024 * 1024;

namespace errors {
inline constexpr ErrorRow kCookieTooOld{82001, 400, "The max-age of a cookie cannot exceed one day"};
inline constexpr ErrorRow kHeadersTooLarge{82008, 431, "Request or response headers or cookies are too long"};
inline constexpr ErrorRow kResponseTooLarge{82002, 500, "The response of the function is too large"};
}  // namespace errors

/// The response to an outcome of kind kAnswered. `host`: the domain that cookies are for.
Result<net::Response> answer_of(Outcome outcome, std::string_view host, TimePoint now);

/// A `Set-Cookie` value as the platform lets it through. Error: kCookieTooOld.
Result<std::string> checked_cookie(std::string_view cookie, std::string_view host, TimePoint now);

/// Do headers keep to the limits?
[[nodiscard]] bool fits(const net::Headers& headers);

}  // namespace dialtone::functions
