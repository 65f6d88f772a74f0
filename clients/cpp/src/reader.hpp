#pragma once
// Reads JSON text piece by piece, without building anything: what is not asked for is passed over.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "twilio/json.hpp"

namespace twilio::detail {

class Reader {
 public:
  explicit Reader(std::string_view text) : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  enum class Next { kNull, kBoolean, kNumber, kText, kArray, kObject };

  /// What stands next, after white space. Throws std::invalid_argument as all here do.
  Next peek();

  void null() { word("null"); }
  bool boolean();
  /// A number's own text.
  std::string_view number();
  void text(std::string& out);
  void skip();
  void skip(std::string_view& passed);
  Json value();
  /// Nothing but white space is left.
  void end();

  /// each(name) must read or skip the member's value.
  template <class F>
  void object(F&& each) {
    open('{');
    std::string name;
    if (!closes('}')) do {
        peek();
        text(name);
        expect(':');
        each(std::string_view(name));
      } while (goes_on('}'));
    --depth_;
  }
  template <class F>
  void array(F&& each) {
    open('[');
    if (!closes(']')) do
        each();
      while (goes_on(']'));
    --depth_;
  }

 private:
  static constexpr int kDepthMax = 128;

  [[noreturn]] void fail(const char* what) const;
  void space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }
  void open(char c);
  void expect(char c);
  bool closes(char c);
  bool goes_on(char c);
  void word(std::string_view expected);
  unsigned hex4();

  const char* begin_;
  const char* at_;
  const char* end_;
  int depth_ = 0;
};

void write_text(std::string& out, std::string_view text);
void write_number(std::string& out, double value);

}  // namespace twilio::detail
