#include "reader.hpp"

#include <charconv>
#include <cmath>

namespace twilio::detail {

void Reader::fail(const char* what) const {
  throw std::invalid_argument("JSON: " + std::string(what) + " at byte " + std::to_string(at_ - begin_));
}

Reader::Next Reader::peek() {
  space();
  if (at_ == end_) fail("the text ends early");
  switch (*at_) {
    case '{':
      return Next::kObject;
    case '[':
      return Next::kArray;
    case '"':
      return Next::kText;
    case 't':
    case 'f':
      return Next::kBoolean;
    case 'n':
      return Next::kNull;
    default:
      return Next::kNumber;
  }
}

void Reader::open(char c) {
  expect(c);
  if (++depth_ > kDepthMax) fail("too deep");
}

void Reader::expect(char c) {
  space();
  if (at_ == end_ || *at_ != c) fail(c == ':' ? "no colon" : "another kind of value");
  ++at_;
}

bool Reader::closes(char c) {
  space();
  if (at_ == end_ || *at_ != c) return false;
  ++at_;
  return true;
}

bool Reader::goes_on(char c) {
  space();
  if (at_ == end_) fail("the text ends early");
  if (*at_ == ',') {
    ++at_;
    return true;
  }
  if (*at_ != c) fail("no comma");
  ++at_;
  return false;
}

void Reader::word(std::string_view expected) {
  space();
  if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, expected.size()) != expected)
    fail("an unknown word");
  at_ += expected.size();
}

bool Reader::boolean() {
  space();
  if (at_ != end_ && *at_ == 't') {
    word("true");
    return true;
  }
  word("false");
  return false;
}

std::string_view Reader::number() {
  space();
  const char* from = at_;
  auto digits = [&] {
    if (at_ == end_ || *at_ < '0' || *at_ > '9') fail("no value");
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
  };
  if (at_ != end_ && *at_ == '-') ++at_;
  digits();
  if (at_ != end_ && *at_ == '.') ++at_, digits();
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    digits();
  }
  return {from, static_cast<std::size_t>(at_ - from)};
}

unsigned Reader::hex4() {
  if (end_ - at_ < 4) fail("the text ends early");
  unsigned value = 0;
  auto [end, error] = std::from_chars(at_, at_ + 4, value, 16);
  if (end != at_ + 4) fail("no hexadecimal number");
  at_ += 4;
  return value;
}

namespace {

void add_utf8(std::string& out, unsigned c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

}  // namespace

void Reader::text(std::string& out) {
  out.clear();
  expect('"');
  for (;;) {
    const char* from = at_;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\' && static_cast<unsigned char>(*at_) >= 0x20) ++at_;
    out.append(from, at_);
    if (at_ == end_) fail("the text ends early");
    if (*at_ == '"') {
      ++at_;
      return;
    }
    if (*at_ != '\\') fail("a control character");
    if (++at_ == end_) fail("the text ends early");
    switch (*at_++) {
      case '"':
        out += '"';
        break;
      case '\\':
        out += '\\';
        break;
      case '/':
        out += '/';
        break;
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u': {
        unsigned c = hex4();
        if (c >= 0xD800 && c < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
          const char* back = at_;
          at_ += 2;
          unsigned low = hex4();
          if (low >= 0xDC00 && low < 0xE000)
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
          else
            at_ = back;
        }
        add_utf8(out, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);  // half a pair has no meaning
        break;
      }
      default:
        fail("an unknown escape");
    }
  }
}

void Reader::skip() {
  switch (peek()) {
    case Next::kNull:
      return null();
    case Next::kBoolean:
      boolean();
      return;
    case Next::kNumber:
      number();
      return;
    case Next::kText: {
      ++at_;
      while (at_ != end_ && *at_ != '"') at_ += *at_ == '\\' && at_ + 1 != end_ ? 2 : 1;
      if (at_ == end_) fail("the text ends early");
      ++at_;
      return;
    }
    case Next::kArray:
      return array([&] { skip(); });
    case Next::kObject:
      return object([&](std::string_view) { skip(); });
  }
}

void Reader::skip(std::string_view& passed) {
  space();
  const char* from = at_;
  skip();
  passed = {from, static_cast<std::size_t>(at_ - from)};
}

Json Reader::value() {
  switch (peek()) {
    case Next::kNull:
      null();
      return {};
    case Next::kBoolean:
      return boolean();
    case Next::kNumber: {
      std::string_view digits = number();
      std::int64_t integer = 0;
      auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), integer);
      if (error == std::errc() && end == digits.data() + digits.size()) return integer;
      double real = 0;
      std::from_chars(digits.data(), digits.data() + digits.size(), real);
      return real;
    }
    case Next::kText: {
      std::string out;
      text(out);
      return out;
    }
    case Next::kArray: {
      Json::Array out;
      array([&] { out.push_back(value()); });
      return out;
    }
    case Next::kObject: {
      Json::Object out;
      object([&](std::string_view name) {
        std::string key(name);
        out.emplace_back(std::move(key), value());
      });
      return out;
    }
  }
  return {};
}

void Reader::end() {
  space();
  if (at_ != end_) fail("more text after the value");
}

void write_text(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += kHex[c >> 4];
          out += kHex[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void write_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char buffer[32];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  out.append(buffer, end);
}

}  // namespace twilio::detail
