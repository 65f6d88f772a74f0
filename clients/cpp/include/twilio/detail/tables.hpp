#pragma once
// Tables that describe structs: generated code is made of these, and one encoder and one decoder read them. Only the
// generated sources include this.

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "twilio/detail/node.hpp"

namespace twilio::detail {

enum class Kind : std::uint8_t { kText, kBoolean, kInteger, kNumber, kTime, kDate, kJson, kStructure };

/// Where a field goes: a member of JSON, all of the body, …; kLocal stays here (limit).
enum class Place : std::uint8_t { kMember, kWhole, kForm, kQuery, kQueryMap, kHeader, kLocal };

struct Structure;

/// How to reach the value inside a field, whatever it is wrapped in.
struct FieldType {
  Kind kind;
  bool list;
  const Structure* (*structure)();
  const void* (*look)(const void* field);  // the value; null when it was left out
  void* (*make)(void* field);              // an empty value
  std::size_t (*size)(const void* list);
  const void* (*item)(const void* list, std::size_t i);
  void* (*append)(void* list);
};

struct Field {
  std::string_view name;
  std::uint32_t offset;
  Place place;
  const FieldType* type;
};

struct Structure {
  std::span<const Field> fields;
  std::int32_t raw_offset = -1;
};

/// Given for each generated struct by its source.
template <class T>
const Structure& structure_of();

template <class T>
struct Unwrap {
  using Inner = T;
  static const T* look(const T& field) { return &field; }
  static T* make(T& field) { return &field; }
};
template <class T>
struct Unwrap<std::optional<T>> {
  using Inner = T;
  static const T* look(const std::optional<T>& field) { return field ? &*field : nullptr; }
  static T* make(std::optional<T>& field) { return &field.emplace(); }
};
template <class T>
struct Unwrap<Required<T>> {
  using Inner = T;
  static const T* look(const Required<T>& field) { return &*field; }
  static T* make(Required<T>&) { return nullptr; }
};

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {
  using Item = T;
};

template <class T>
constexpr Kind kind_of() {
  if constexpr (std::is_same_v<T, std::string> || std::is_base_of_v<EnumText, T>)
    return Kind::kText;
  else if constexpr (std::is_same_v<T, bool>)
    return Kind::kBoolean;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return Kind::kInteger;
  else if constexpr (std::is_same_v<T, double>)
    return Kind::kNumber;
  else if constexpr (std::is_same_v<T, Time>)
    return Kind::kTime;
  else if constexpr (std::is_same_v<T, Date>)
    return Kind::kDate;
  else if constexpr (std::is_same_v<T, Json>)
    return Kind::kJson;
  else
    return Kind::kStructure;
}

}  // namespace twilio::detail

namespace twilio {
struct EnumAccess {
  static const std::string& text(const EnumText& word) { return word.text_; }
  static std::string& text(EnumText& word) { return word.text_; }
};
}  // namespace twilio

namespace twilio::detail {

/// Texts and words of an enum are both seen as std::string.
template <class T>
auto* plain(T* value) {
  if constexpr (std::is_base_of_v<EnumText, std::remove_const_t<T>>)
    return value ? &EnumAccess::text(*value) : nullptr;
  else
    return value;
}

template <class T>
constexpr FieldType make_field_type() {
  using Inner = typename Unwrap<T>::Inner;
  FieldType type{};
  type.look = [](const void* field) -> const void* { return plain(Unwrap<T>::look(*static_cast<const T*>(field))); };
  type.make = [](void* field) -> void* { return plain(Unwrap<T>::make(*static_cast<T*>(field))); };
  if constexpr (IsVector<Inner>::value) {
    using Item = typename IsVector<Inner>::Item;
    type.list = true;
    type.kind = kind_of<Item>();
    type.size = [](const void* list) { return static_cast<const Inner*>(list)->size(); };
    if constexpr (!std::is_same_v<Item, bool>) {
      type.item = [](const void* list, std::size_t i) -> const void* {
        return plain(&(*static_cast<const Inner*>(list))[i]);
      };
      type.append = [](void* list) -> void* { return plain(&static_cast<Inner*>(list)->emplace_back()); };
    }
    if constexpr (kind_of<Item>() == Kind::kStructure) type.structure = [] { return &structure_of<Item>(); };
  } else {
    type.kind = kind_of<Inner>();
    if constexpr (kind_of<Inner>() == Kind::kStructure) type.structure = [] { return &structure_of<Inner>(); };
  }
  return type;
}

template <class T>
inline constexpr FieldType kFieldType = make_field_type<T>();

enum class Method : std::uint8_t { kGet, kPost, kPut, kPatch, kDelete };
enum class Body : std::uint8_t { kNone, kForm, kJson };

struct Operation {
  std::string_view name;
  Method method;
  Body body;
  std::string_view product;       // api of api.twilio.com
  std::string_view suffix;        // .json or nothing
  std::string_view content_type;  // of a body that is no form
  const Structure* parameters;
};

struct PageType {
  std::string_view key;  // the member that holds the items
  const FieldType* items;
};

/// Encodes now and sends; `state` gets the answer.
void send(Core& core, const Operation& operation, const std::string& path, const void* parameters,
          std::shared_ptr<CallState> state);
PageSource page_source(Core& core, const Operation& operation, const PageType& type, const std::string& path,
                       const void* parameters);
/// Reads the answer into a struct by its table, into Json, or checks that it is no error.
void decode_answer(Answer&& answer, const Structure& structure, void* value);
void decode_answer(Answer&& answer, Json& value);

template <class T>
struct ResultState final : TypedState<T> {
  void decode(Answer&& answer) override {
    if constexpr (std::is_void_v<T>)
      static_cast<void>(answer);
    else if constexpr (std::is_same_v<T, Json>)
      decode_answer(std::move(answer), this->value);
    else
      decode_answer(std::move(answer), structure_of<T>(), &this->value);
  }
};

template <class T>
Pending<T> call(Core& core, const Operation& operation, const std::string& path, const void* parameters) {
  auto state = std::make_shared<ResultState<T>>();
  send(core, operation, path, parameters, state);
  return Pending<T>(std::move(state));
}

}  // namespace twilio::detail
