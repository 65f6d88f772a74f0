#pragma once
// application/x-www-form-urlencoded, as browsers write it (WHATWG URL, 5): space is `+`, and all but A–Z a–z 0–9 * - .
// _ is %XX of its UTF-8. Order and repeated names are kept, for both carry meaning to Twilio.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace dialtone {

using FormPairs = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::size_t kFormPairsMax = 2000;

void append_form_encoded(std::string& out, std::string_view text);
/// `a=1&b=2+3`
[[nodiscard]] std::string form_encode(const FormPairs& pairs);

/// Reads a body or a query. As browsers do: empty pieces are skipped, a piece without `=` is a name with an empty
/// value, a `%` without two hex digits stays as it is. Error: 20001 with more than kFormPairsMax pairs.
Result<FormPairs> form_decode(std::string_view text);

/// Decodes one name or value.
[[nodiscard]] std::string form_decode_text(std::string_view text);

/// Percent-decoding alone: `+` stays.
[[nodiscard]] std::string percent_decode(std::string_view text);

}  // namespace dialtone
