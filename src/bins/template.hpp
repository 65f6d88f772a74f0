#pragma once
// The template language of TwiML Bins, a small Mustache: `{{From}}` is a request's parameter, escaped for XML,
// `{{{From}}}` the same as it came, `{{#Name}}…{{/Name}}` is there once for each value of a parameter (`Name[]` may
// repeat; `{{.}}` is the value), `{{^Name}}…{{/Name}}` when it has none, and `{{#e164}}…{{/e164}}` finds the phone
// number in what is inside, for example a SIP address. Source: Twilio's guide to templates with TwiML Bins;
// Mustache(5).

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/form.hpp"

namespace dialtone::bins {

inline constexpr std::size_t kRenderedBytesMax = 64 * 1024;
inline constexpr std::size_t kSectionDepthMax = 16;
inline constexpr std::size_t kTagsMax = 20'000;  ///< that are looked at; lists in lists multiply
inline constexpr ErrorRow kBadTemplate{20001, 400, "The template cannot be read"};

/// Errors: 20001 for a tag or section that is not closed, is closed but was not opened, or is nested too deep, and for
/// a result that is too long.
Result<std::string> render(std::string_view text, const FormPairs& params);

}  // namespace dialtone::bins
