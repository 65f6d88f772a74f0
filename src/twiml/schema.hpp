#pragma once
// What a product knows of TwiML, as a table; and what a document has beyond it. Unknown verbs and attributes are
// skipped when a document runs, and told as warnings 12200.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "twiml/document.hpp"

namespace dialtone::twiml {

inline constexpr std::size_t kWarningsMax = 20;  ///< of one document

struct ElementRule {
  std::string_view name;
  std::vector<std::string_view> attributes = {};
  std::vector<std::string_view> children = {};
  bool any_attribute = false;  ///< <Parameter>-like elements, whose attributes are the caller's
};

struct Warning {
  int line;
  std::string text;  ///< one sentence
};

/// Checks the tree below the root against `rules`, in document order. `verbs` are the names the root may hold. What is
/// inside an unknown element is not looked at.
std::vector<Warning> check(const Document& document, std::span<const std::string_view> verbs,
                           std::span<const ElementRule> rules);

}  // namespace dialtone::twiml
