#include "twilio/json.hpp"

#include <charconv>

#include "reader.hpp"

namespace twilio {

namespace {
const Json kNull;
const std::string kNoText;
const Json::Array kNoItems;
const Json::Object kNoMembers;
}  // namespace

Json Json::parse(std::string_view text) {
  detail::Reader reader(text);
  Json value = reader.value();
  reader.end();
  return value;
}

bool Json::boolean(bool otherwise) const {
  const bool* value = std::get_if<bool>(&value_);
  return value ? *value : otherwise;
}

std::int64_t Json::integer(std::int64_t otherwise) const {
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return *value;
  if (const auto* value = std::get_if<double>(&value_); value && *value > -9e18 && *value < 9e18)
    return static_cast<std::int64_t>(*value);
  return otherwise;
}

double Json::number(double otherwise) const {
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*value);
  const auto* value = std::get_if<double>(&value_);
  return value ? *value : otherwise;
}

const std::string& Json::text() const {
  const auto* value = std::get_if<std::string>(&value_);
  return value ? *value : kNoText;
}

const Json::Array& Json::items() const {
  const auto* value = std::get_if<Array>(&value_);
  return value ? *value : kNoItems;
}

const Json::Object& Json::members() const {
  const auto* value = std::get_if<Object>(&value_);
  return value ? *value : kNoMembers;
}

const Json& Json::operator[](std::string_view name) const {
  for (const Member& each : members()) {
    if (each.first == name) return each.second;
  }
  return kNull;
}

const Json& Json::operator[](std::size_t position) const {
  return position < items().size() ? items()[position] : kNull;
}

bool Json::contains(std::string_view name) const {
  for (const Member& each : members()) {
    if (each.first == name) return true;
  }
  return false;
}

std::size_t Json::size() const { return is_array() ? items().size() : members().size(); }

Json& Json::set(std::string name, Json value) {
  if (!is_object()) value_ = Object();
  auto& object = std::get<Object>(value_);
  for (Member& each : object) {
    if (each.first == name) {
      each.second = std::move(value);
      return *this;
    }
  }
  object.emplace_back(std::move(name), std::move(value));
  return *this;
}

Json& Json::add(Json item) {
  if (!is_array()) value_ = Array();
  std::get<Array>(value_).push_back(std::move(item));
  return *this;
}

std::string Json::dump() const {
  std::string out;
  dump_to(out);
  return out;
}

void Json::dump_to(std::string& out) const {
  if (is_null()) {
    out += "null";
  } else if (const bool* flag = std::get_if<bool>(&value_)) {
    out += *flag ? "true" : "false";
  } else if (const auto* integer = std::get_if<std::int64_t>(&value_)) {
    out += std::to_string(*integer);
  } else if (const auto* real = std::get_if<double>(&value_)) {
    detail::write_number(out, *real);
  } else if (is_text()) {
    detail::write_text(out, text());
  } else if (is_array()) {
    out += '[';
    for (std::size_t i = 0; i < items().size(); ++i) {
      if (i) out += ',';
      items()[i].dump_to(out);
    }
    out += ']';
  } else {
    out += '{';
    for (std::size_t i = 0; i < members().size(); ++i) {
      if (i) out += ',';
      detail::write_text(out, members()[i].first);
      out += ':';
      members()[i].second.dump_to(out);
    }
    out += '}';
  }
}

}  // namespace twilio
