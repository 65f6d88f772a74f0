#pragma once
// Templates of the Content API, made into a message. A template has several types for several channels; to a phone goes
// what a text can hold of it: its text and media types first, of the others the text. `{{name}}` is replaced by the
// message's variable, else the template's own. Source: Twilio, Content API; error 21656.

#include <string>
#include <vector>

#include "base/json.hpp"

namespace dialtone::messaging {

inline constexpr std::size_t kVariablesMax = 100;
inline constexpr std::size_t kVariableNameMax = 16;

/// `<account>/content/v1/Content`
std::string content_scope(std::string_view account_sid);

struct RenderedContent {
  std::string body;
  std::vector<std::string> media_urls;
};

/// Errors: 21655 when the template has nothing for a phone, 21656 for variables that are missing, empty or no text.
Result<RenderedContent> render_content(const json::object& content, const json::object& variables);

/// Replaces each `{{name}}` of a text. Error: 21656.
Result<std::string> fill_in(std::string_view text, const json::object& variables, const json::object& defaults);

}  // namespace dialtone::messaging
