#include "twilio/detail/twiml_element.hpp"

#include <stdexcept>
#include <variant>

namespace twilio::twiml::detail {

struct Element::Data {
  struct Comment {
    std::string text;
  };
  std::string tag;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<std::variant<std::string, Comment, std::shared_ptr<Data>>> inside;
};

namespace {

/// What XML cannot hold at all is left out.
void escape(std::string& out, std::string_view text, bool in_attribute) {
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += in_attribute ? ">" : "&gt;";
        break;
      case '"':
        out += in_attribute ? "&quot;" : "\"";
        break;
      case '\r':
        out += "&#xD;";
        break;
      case '\n':
        out += in_attribute ? "&#xA;" : "\n";
        break;
      case '\t':
        out += in_attribute ? "&#x9;" : "\t";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
  }
}

void write(std::string& out, const Element::Data& data) {
  out += '<';
  out += data.tag;
  for (const auto& [name, value] : data.attributes) {
    out += ' ';
    out += name;
    out += "=\"";
    escape(out, value, true);
    out += '"';
  }
  if (data.inside.empty()) {
    out += "/>";
    return;
  }
  out += '>';
  for (const auto& each : data.inside) {
    if (const auto* text = std::get_if<std::string>(&each)) {
      escape(out, *text, false);
    } else if (const auto* comment = std::get_if<Element::Data::Comment>(&each)) {
      out += "<!-- " + comment->text + " -->";
    } else {
      write(out, *std::get<std::shared_ptr<Element::Data>>(each));
    }
  }
  out += "</" + data.tag + ">";
}

/// A tag or attribute that comes from a program's own data must not become markup.
void check_name(std::string_view name) {
  if (name.empty() || name.find_first_of("<>&\"'= \t\r\n/") != std::string_view::npos) {
    throw std::invalid_argument("no name for XML: '" + std::string(name) + "'");
  }
}

}  // namespace

Element::Element(std::string_view tag) : data_(std::make_shared<Data>()) { data_->tag = tag; }

void Element::text(std::string_view content) {
  if (!content.empty()) data_->inside.emplace_back(std::string(content));
}

void Element::comment(std::string_view content) {
  if (content.find("--") != std::string_view::npos) throw std::invalid_argument("a comment cannot hold two dashes");
  data_->inside.emplace_back(Data::Comment{std::string(content)});
}

std::shared_ptr<Element::Data> Element::make(std::string_view tag) {
  auto made = std::make_shared<Data>();
  made->tag = tag;
  data_->inside.emplace_back(made);
  return made;
}

Element Element::child(std::string_view tag,
                       std::initializer_list<std::pair<std::string_view, std::string_view>> attributes) {
  check_name(tag);
  auto made = make(tag);
  for (const auto& [name, value] : attributes) {
    check_name(name);
    made->attributes.emplace_back(std::string(name), std::string(value));
  }
  return Element(std::move(made));
}

void Element::attribute(std::string_view name, const std::optional<std::string>& value) {
  if (value) data_->attributes.emplace_back(std::string(name), *value);
}

void Element::attribute(std::string_view name, const std::optional<int>& value) {
  if (value) data_->attributes.emplace_back(std::string(name), std::to_string(*value));
}

void Element::attribute(std::string_view name, const std::optional<bool>& value) {
  if (value) data_->attributes.emplace_back(std::string(name), *value ? "true" : "false");
}

void Element::attribute(std::string_view name, const std::vector<std::string>& words) {
  if (words.empty()) return;
  std::string joined;
  for (const auto& each : words) joined += (joined.empty() ? "" : " ") + each;
  data_->attributes.emplace_back(std::string(name), std::move(joined));
}

std::string Element::document() const {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
  write(out, *data_);
  return out;
}

}  // namespace twilio::twiml::detail
