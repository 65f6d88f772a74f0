#include "twiml/schema.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dialtone::twiml {
namespace {

class Checker {
 public:
  explicit Checker(std::span<const ElementRule> rules) : rules_(rules) {}

  void check_children(const Element& parent, std::span<const std::string_view> allowed) {
    for (const Element& child : parent.children) {
      const auto rule = std::ranges::find(rules_, child.name, &ElementRule::name);
      if (rule == rules_.end() || std::ranges::find(allowed, child.name) == allowed.end()) {
        warn(child, fmt::format("Element <{}> is not allowed in <{}>.", child.name, parent.name));
        continue;
      }
      check_attributes(child, *rule);
      check_children(child, rule->children);
    }
  }

  void check_attributes(const Element& element, const ElementRule& rule) {
    if (rule.any_attribute) return;
    for (const auto& [name, value] : element.attributes) {
      if (std::ranges::find(rule.attributes, name) != rule.attributes.end()) continue;
      warn(element, fmt::format("Attribute '{}' is not allowed in <{}>.", name, element.name));
    }
  }

  std::vector<Warning> take() { return std::move(warnings_); }

 private:
  void warn(const Element& element, std::string text) {
    if (warnings_.size() < kWarningsMax) warnings_.push_back({element.line, std::move(text)});
  }

  std::span<const ElementRule> rules_;
  std::vector<Warning> warnings_;
};

}  // namespace

std::vector<Warning> check(const Document& document, std::span<const std::string_view> verbs,
                           std::span<const ElementRule> rules) {
  Checker checker(rules);
  checker.check_children(document.root, verbs);
  return checker.take();
}

}  // namespace dialtone::twiml
