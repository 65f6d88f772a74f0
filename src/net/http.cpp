#include "net/http.hpp"

#include <boost/beast/http/status.hpp>

#include "net/text.hpp"

namespace dialtone::net {

void Headers::add(std::string_view name, std::string_view value) {
  fields_.push_back({.begin = static_cast<std::uint32_t>(text_.size()),
                     .name_size = static_cast<std::uint32_t>(name.size()),
                     .value_size = static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

void Headers::clear() {
  text_.clear();
  fields_.clear();
}

const Headers::Field* Headers::find(std::string_view name) const {
  for (const auto& field : fields_) {
    if (field.name_size == name.size() && same_text({text_.data() + field.begin, field.name_size}, name)) {
      return &field;
    }
  }
  return nullptr;
}

std::string_view Headers::get(std::string_view name) const {
  const auto* field = find(name);
  return field ? std::string_view(text_).substr(field->begin + field->name_size, field->value_size)
               : std::string_view();
}

bool Headers::has(std::string_view name) const { return find(name) != nullptr; }

std::pair<std::string_view, std::string_view> Headers::at(std::size_t index) const {
  const auto& field = fields_.at(index);
  const std::string_view text = text_;
  return {text.substr(field.begin, field.name_size), text.substr(field.begin + field.name_size, field.value_size)};
}

Response Response::text(int status, std::string body, std::string type) {
  Response response{.status = status, .headers = {}, .body = std::move(body)};
  response.header("Content-Type", std::move(type));
  return response;
}

std::string_view reason_phrase(int status) {
  if (status == 429) return "Too Many Requests";
  const auto text = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return text.starts_with("<unknown") ? std::string_view() : std::string_view(text.data(), text.size());
}

}  // namespace dialtone::net
