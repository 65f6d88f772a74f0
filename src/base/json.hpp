#pragma once
// JSON as Twilio writes it: a space after each comma and colon, UTF-8 as it is.

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/error.hpp"

namespace dialtone {

namespace json = boost::json;

inline constexpr std::size_t kJsonDepthMax = 64;

/// Appends the quoted, escaped form of `text`.
void append_json_string(std::string& out, std::string_view text);
void append_wire_json(std::string& out, const json::value& value);
[[nodiscard]] std::string wire_json(const json::value& value);

/// Parses a document from outside: strict JSON, at most kJsonDepthMax deep. Error: 20001.
Result<json::value> parse_json(std::string_view text);

/// An object that we wrote ourselves. Throws when it is none: the store is damaged.
[[nodiscard]] json::object stored_object(std::string_view text);

/// The text of a member that is a string; empty when absent or of another type.
[[nodiscard]] std::string_view text_of(const json::object& object, std::string_view name);

}  // namespace dialtone
