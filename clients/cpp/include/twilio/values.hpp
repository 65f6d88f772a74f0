#pragma once
// The types that parameters and results are made of.

#include <chrono>
#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "twilio/json.hpp"

namespace twilio {

/// A moment. `std::chrono::system_clock::now() + 1h` fits, and so does `sys_days{2026y / 5 / 6}`.
using Time = std::chrono::system_clock::time_point;
/// A day of the calendar.
using Date = std::chrono::year_month_day;

/// A parameter that must be given: leaving it out of `create({…})` does not compile.
template <class T>
class Required {
 public:
  template <class U>
    requires std::constructible_from<T, U>
  constexpr Required(U&& value) : value_(std::forward<U>(value)) {}

  constexpr operator const T&() const { return value_; }
  constexpr const T& operator*() const { return value_; }
  constexpr const T* operator->() const { return &value_; }

 private:
  T value_;
};

/// One of a list of words that may grow: a word this library does not know is kept as it came.
class EnumText {
 public:
  EnumText() = default;
  EnumText(std::string word) : text_(std::move(word)) {}
  EnumText(std::string_view word) : text_(word) {}
  EnumText(const char* word) : text_(word) {}

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  operator std::string_view() const { return text_; }

  friend bool operator==(const EnumText& a, const EnumText& b) { return a.text_ == b.text_; }
  template <class T>
    requires(std::convertible_to<const T&, std::string_view> && !std::derived_from<T, EnumText>)
  friend bool operator==(const EnumText& a, const T& b) {
    return a.text_ == std::string_view(b);
  }
  friend std::ostream& operator<<(std::ostream& out, const EnumText& word);

 protected:
  static bool among(std::span<const std::string_view> words, std::string_view word) {
    for (auto each : words) {
      if (each == word) return true;
    }
    return false;
  }

 private:
  friend struct EnumAccess;
  std::string text_;
};

struct HttpMethod : EnumText {
  using EnumText::EnumText;
  static constexpr std::string_view kGet = "GET", kPost = "POST", kPut = "PUT", kPatch = "PATCH", kDelete = "DELETE",
                                    kHead = "HEAD";
};

/// The JSON that a result was read from, as it came.
class Raw {
 public:
  Raw() = default;
  Raw(std::shared_ptr<const std::string> whole, std::string_view part) : whole_(std::move(whole)), part_(part) {}

  std::string_view text() const { return part_; }
  Json json() const { return part_.empty() ? Json() : Json::parse(part_); }

 private:
  std::shared_ptr<const std::string> whole_;
  std::string_view part_;
};

}  // namespace twilio
