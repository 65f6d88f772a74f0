#pragma once
// An element of a TwiML document and what is in it.

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twilio::twiml::detail {

class Element {
 public:
  struct Data;
  explicit Element(std::string_view tag);
  explicit Element(std::shared_ptr<Data> data) : data_(std::move(data)) {}

  /// More text after what is there already.
  void text(std::string_view content);
  void comment(std::string_view content);
  /// An element that has no method of its own.
  Element child(std::string_view tag,
                std::initializer_list<std::pair<std::string_view, std::string_view>> attributes = {});

  void attribute(std::string_view name, const std::optional<std::string>& value);
  void attribute(std::string_view name, const std::optional<int>& value);
  void attribute(std::string_view name, const std::optional<bool>& value);
  void attribute(std::string_view name, const std::vector<std::string>& words);

 protected:
  std::shared_ptr<Data> make(std::string_view tag);
  std::string document() const;

 private:
  std::shared_ptr<Data> data_;
};

}  // namespace twilio::twiml::detail
