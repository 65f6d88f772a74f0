#pragma once
// A TwiML document as a small tree of its own, so that verbs know no XML library. Names are case-sensitive. Comments,
// processing instructions and blank text are dropped; entities other than XML's own five are not known, so a document
// cannot grow while it is read. Source: TwiML; the fact sheet, section 5.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace dialtone::twiml {

inline constexpr std::size_t kDocumentBytesMax = 64 * 1024;
inline constexpr std::size_t kDepthMax = 32;
inline constexpr std::size_t kNodesMax = 10'000;

/// These become alerts; they are never an API answer, hence no status.
namespace errors {
inline constexpr ErrorRow kTooLarge{11750, 0, "TwiML response body too large"};
inline constexpr ErrorRow kParse{12100, 0, "Document parse failure"};
inline constexpr ErrorRow kRoot{12102, 0, "Document does not have a Response root"};
inline constexpr ErrorRow kBadAttribute{12200, 0, "Schema validation warning"};
}  // namespace errors

struct Element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;  ///< in the order of the document
  std::vector<Element> children;
  std::string text;  ///< all text directly inside, joined, without the blanks at both ends
  int line = 1;      ///< of the start tag, from 1

  [[nodiscard]] std::optional<std::string_view> attribute(std::string_view name) const;
  [[nodiscard]] std::string_view attribute_or(std::string_view name, std::string_view otherwise) const;
  /// A whole number within [low, high]. Error: 12200 when it is none.
  Result<std::int64_t> integer(std::string_view name, std::int64_t otherwise, std::int64_t low,
                               std::int64_t high) const;
  /// Whole seconds, 0–86400. Error: 12200.
  Result<std::chrono::seconds> seconds(std::string_view name, std::chrono::seconds otherwise) const;
  /// `true` or `false` in any case. Error: 12200.
  Result<bool> flag(std::string_view name, bool otherwise) const;  // NOLINT: a default, named at the call
  /// One of `choices`, as written there, compared without case. Error: 12200.
  Result<std::string_view> choice(std::string_view name, std::string_view otherwise,
                                  std::initializer_list<std::string_view> choices) const;
  /// The first child of that name.
  [[nodiscard]] const Element* child(std::string_view name) const;
};

struct Document {
  Element root;  ///< named Response
};

/// Reads a document in UTF-8, or in ISO-8859-1 where it says so. Errors: 11750, 12100 (the text tells line
/// and reason), 12102.
Result<Document> parse(std::string_view bytes);

}  // namespace dialtone::twiml
