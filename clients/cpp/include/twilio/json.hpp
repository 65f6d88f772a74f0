#pragma once
// JSON as a value: what the API answers beyond its typed fields, and what goes into fields whose shape is yours.
//
//     twilio::Json attributes = twilio::Json::object({{"colour", "red"}, {"sizes", twilio::Json::array({1, 2})}});
//     message.raw.json()["subresource_uris"]["media"].text();

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace twilio {

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;  // in the order of the text

  Json() = default;
  Json(std::nullptr_t) {}
  Json(std::same_as<bool> auto value) : value_(value) {}
  template <class T>
    requires(std::integral<T> && !std::same_as<T, bool>)
  Json(T value) : value_(static_cast<std::int64_t>(value)) {}
  Json(std::floating_point auto value) : value_(static_cast<double>(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  static Json array(std::initializer_list<Json> items) { return Json(Array(items)); }
  static Json object(std::initializer_list<Member> members) { return Json(Object(members)); }

  /// Throws std::invalid_argument with the place of the error.
  static Json parse(std::string_view text);

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_number() const {
    return std::holds_alternative<std::int64_t>(value_) || std::holds_alternative<double>(value_);
  }
  bool is_text() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  /// The value, or what is given here when it is of another type.
  bool boolean(bool otherwise = false) const;
  std::int64_t integer(std::int64_t otherwise = 0) const;
  double number(double otherwise = 0) const;
  /// Empty when it is no text.
  const std::string& text() const;
  const Array& items() const;
  const Object& members() const;

  /// A member by name or an item by position; null when there is none.
  const Json& operator[](std::string_view name) const;
  const Json& operator[](const char* name) const { return (*this)[std::string_view(name)]; }
  const Json& operator[](std::size_t position) const;
  const Json& operator[](int position) const { return (*this)[static_cast<std::size_t>(position)]; }
  bool contains(std::string_view name) const;
  std::size_t size() const;

  /// Sets a member; what was no object becomes one.
  Json& set(std::string name, Json value);
  Json& add(Json item);

  /// Without white space.
  std::string dump() const;
  void dump_to(std::string& out) const;

  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

}  // namespace twilio
