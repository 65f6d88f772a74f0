#include "twiml/document.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/utf8.hpp"

namespace dialtone::twiml {
namespace {

constexpr std::int64_t kSecondsMax = 86'400;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Line numbers for ascending offsets, in one pass over the document.
class LineCounter {
 public:
  explicit LineCounter(std::string_view bytes) : bytes_(bytes) {}
  int line_at(std::ptrdiff_t offset) {
    const std::size_t end = std::min(offset < 0 ? at_ : static_cast<std::size_t>(offset), bytes_.size());
    for (; at_ < end; ++at_) line_ += bytes_[at_] == '\n';
    return line_;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  int line_ = 1;
};

Error parse_error(std::string_view reason, int line) {
  return {errors::kParse, fmt::format("{}: {} (line {})", errors::kParse.message, reason, line)};
}

Error attribute_error(const Element& element, std::string_view name, std::string_view value) {
  return {errors::kBadAttribute, fmt::format("{}: attribute '{}' of <{}> cannot be '{}' (line {})",
                                             errors::kBadAttribute.message, name, element.name, value, element.line)};
}

/// What the XML library lets pass and XML does not: control characters, and `&` that begins none of the references that
/// XML knows without a DTD. An unescaped `&` in a URL is the most frequent mistake in TwiML, and Twilio refuses it.
class ReferenceCheck {
 public:
  explicit ReferenceCheck(std::string_view bytes) : rest_(bytes) {}

  /// Offset of the first fault.
  std::optional<std::size_t> fault() {
    const std::string_view all = rest_;
    while (!rest_.empty()) {
      const auto c = static_cast<unsigned char>(rest_.front());
      if (c < 0x20 && !is_blank(rest_.front())) return all.size() - rest_.size();
      if (c == '<' && skip_markup()) continue;
      if (c == '&' && !is_reference()) return all.size() - rest_.size();
      rest_.remove_prefix(1);
    }
    return {};
  }

 private:
  /// Passes over what has no references: comments, CDATA, processing instructions, a DOCTYPE. What has no end is passed
  /// over to the document's end, for the parser to refuse.
  bool skip_markup() {
    if (rest_.starts_with("<!--")) return skip_past("-->", 4);
    if (rest_.starts_with("<![CDATA[")) return skip_past("]]>", 9);
    if (rest_.starts_with("<?")) return skip_past("?>", 2);
    if (!rest_.starts_with("<!DOCTYPE")) return false;
    int open = 0;
    std::size_t at = 0;
    do {
      open += rest_[at] == '<' ? 1 : rest_[at] == '>' ? -1 : 0;
    } while (++at < rest_.size() && open > 0);
    rest_.remove_prefix(at);
    return true;
  }
  bool skip_past(std::string_view end, std::size_t from) {
    const std::size_t at = rest_.find(end, from);
    const std::size_t size = at == std::string_view::npos ? rest_.size() : at + end.size();
    const auto* const bad = std::find_if(rest_.begin(), rest_.begin() + size,
                                         [](char c) { return static_cast<unsigned char>(c) < 0x20 && !is_blank(c); });
    rest_.remove_prefix(static_cast<std::size_t>(bad - rest_.begin()));  // a forbidden one is found there
    return true;
  }
  [[nodiscard]] bool is_reference() const {
    const std::string_view name = rest_.substr(1, rest_.substr(0, kReferenceMax).find(';') - 1);
    if (name.size() + 2 > kReferenceMax || name.size() + 1 >= rest_.size()) return false;
    for (const std::string_view known : {"amp", "lt", "gt", "quot", "apos"}) {
      if (name == known) return true;
    }
    if (!name.starts_with('#')) return false;
    const bool hex = name.starts_with("#x");
    const std::string_view digits = name.substr(hex ? 2 : 1);
    std::uint32_t point = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), point, hex ? 16 : 10);
    if (error != std::errc() || end != digits.data() + digits.size()) return false;
    const bool control = point < 0x20 && point != '\t' && point != '\r' && point != '\n';
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    return !control && !surrogate && point <= 0x10FFFF;
  }

  static constexpr std::size_t kReferenceMax = 12;
  std::string_view rest_;
};

/// Copies the library's tree into ours. The depth was bounded before it was built.
class Builder {
 public:
  explicit Builder(std::string_view bytes) : lines_(bytes) {}

  Result<Element> build(const pugi::xml_node& node) {
    if (++nodes_ > kNodesMax) return fail(parse_error("too many elements", lines_.line_at(node.offset_debug())));
    Element element{.name = node.name(), .attributes = {}, .children = {}, .text = {}, .line = 1};
    element.line = lines_.line_at(node.offset_debug());
    for (const auto& attribute : node.attributes()) {
      if (++nodes_ > kNodesMax) return fail(parse_error("too many attributes", element.line));
      if (element.attribute(attribute.name())) return fail(parse_error("repeated attribute", element.line));
      if (!is_utf8(attribute.name()) || !is_utf8(attribute.value())) return fail(not_utf8(element.line));
      element.attributes.emplace_back(attribute.name(), attribute.value());
    }
    std::string text;
    for (const auto& child : node.children()) {
      if (child.type() == pugi::node_element) {
        DT_TRY(auto built, build(child));
        element.children.push_back(std::move(built));
      } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
        text += child.value();
      }
    }
    element.text = trim(text);
    if (!is_utf8(element.text) || !is_utf8(element.name)) return fail(not_utf8(element.line));
    return element;
  }

 private:
  static Error not_utf8(int line) { return parse_error("the text is not UTF-8", line); }

  LineCounter lines_;
  std::size_t nodes_ = 0;
};

/// The XML library makes deep trees without complaint, and recursion over them must not. Looks at tags alone, so it is
/// done on the tree that was read, without recursion.
bool is_too_deep(const pugi::xml_node& root) {
  std::size_t depth = 0;
  pugi::xml_node node = root;
  while (true) {
    if (node.first_child()) {
      node = node.first_child();
      if (++depth > kDepthMax) return true;
      continue;
    }
    while (node != root && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (node == root) return false;
    node = node.next_sibling();
  }
}

}  // namespace

std::optional<std::string_view> Element::attribute(std::string_view wanted) const {
  for (const auto& [key, value] : attributes) {
    if (key == wanted) return value;
  }
  return {};
}

std::string_view Element::attribute_or(std::string_view wanted, std::string_view otherwise) const {
  return attribute(wanted).value_or(otherwise);
}

Result<std::int64_t> Element::integer(std::string_view wanted, std::int64_t otherwise, std::int64_t low,
                                      std::int64_t high) const {
  const auto value = attribute(wanted);
  if (!value) return otherwise;
  const std::string_view digits = trim(*value);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number < low || number > high) {
    return fail(attribute_error(*this, wanted, *value));
  }
  return number;
}

Result<std::chrono::seconds> Element::seconds(std::string_view wanted, std::chrono::seconds otherwise) const {
  DT_TRY(const auto count, integer(wanted, otherwise.count(), 0, kSecondsMax));
  return std::chrono::seconds(count);
}

Result<bool> Element::flag(std::string_view wanted, bool otherwise) const {
  const auto value = attribute(wanted);
  if (!value) return otherwise;
  if (equal_ignoring_case(trim(*value), "true")) return true;
  if (equal_ignoring_case(trim(*value), "false")) return false;
  return fail(attribute_error(*this, wanted, *value));
}

Result<std::string_view> Element::choice(std::string_view wanted, std::string_view otherwise,
                                         std::initializer_list<std::string_view> choices) const {
  const auto value = attribute(wanted);
  if (!value) return otherwise;
  const auto* found =
      std::ranges::find_if(choices, [&](std::string_view each) { return equal_ignoring_case(each, trim(*value)); });
  if (found == choices.end()) return fail(attribute_error(*this, wanted, *value));
  return *found;
}

const Element* Element::child(std::string_view wanted) const {
  const auto found = std::ranges::find(children, wanted, &Element::name);
  return found == children.end() ? nullptr : &*found;
}

Result<Document> parse(std::string_view bytes) {
  if (bytes.size() > kDocumentBytesMax) return fail(errors::kTooLarge);
  if (trim(bytes).empty()) return fail(parse_error("the document is empty", 1));

  LineCounter lines(bytes);
  if (const auto fault = ReferenceCheck(bytes).fault()) {
    return fail(parse_error(bytes[*fault] == '&' ? "'&' must be written '&amp;'" : "a character that XML forbids",
                            lines.line_at(static_cast<std::ptrdiff_t>(*fault))));
  }

  // A DOCTYPE is skipped, never used; text keeps CDATA, and \r\n becomes \n as XML says.
  constexpr unsigned kOptions =
      pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_wconv_attribute | pugi::parse_fragment;
  pugi::xml_document tree;
  const auto parsed = tree.load_buffer(bytes.data(), bytes.size(), kOptions);
  if (!parsed) return fail(parse_error(parsed.description(), lines.line_at(parsed.offset)));

  const pugi::xml_node root = tree.first_child();
  if (root.type() != pugi::node_element) return fail(parse_error("the document does not begin with an element", 1));
  if (root.next_sibling()) return fail(parse_error("content after the root element", 1));
  if (is_too_deep(root)) return fail(parse_error("elements nested too deep", 1));
  if (std::string_view(root.name()) != "Response") {
    return fail({errors::kRoot, fmt::format("{}: root is '{}'", errors::kRoot.message, root.name())});
  }
  DT_TRY(auto built, Builder(bytes).build(root));
  return Document{std::move(built)};
}

}  // namespace dialtone::twiml
