#include <charconv>
#include <cstdio>

#include "codec.hpp"

namespace twilio::detail {

namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
  if (at + count > text.size()) return false;
  auto [end, error] = std::from_chars(text.data() + at, text.data() + at + count, out);
  return error == std::errc() && end == text.data() + at + count && text[at] != '-';
}

/// Hours, minutes and seconds at `at`, as HH:MM:SS.
bool clock_at(std::string_view text, std::size_t at, std::chrono::seconds& out) {
  int h = 0, m = 0, s = 0;
  if (!digits(text, at, 2, h) || !digits(text, at + 3, 2, m) || !digits(text, at + 6, 2, s) || h > 23 || m > 59 ||
      s > 60)
    return false;
  out = std::chrono::hours(h) + std::chrono::minutes(m) + std::chrono::seconds(s);
  return true;
}

/// Z, +0000, -07:00 or nothing.
bool zone_at(std::string_view text, std::chrono::seconds& out) {
  out = {};
  if (text.empty() || text == "Z" || text == "GMT" || text == "UTC") return true;
  int h = 0, m = 0;
  std::size_t minutes = text.size() == 6 ? 4 : 3;
  if ((text[0] != '+' && text[0] != '-') || !digits(text, 1, 2, h) || !digits(text, minutes, 2, m) ||
      text.size() != minutes + 2)
    return false;
  out = (std::chrono::hours(h) + std::chrono::minutes(m)) * (text[0] == '-' ? -1 : 1);
  return true;
}

/// A value of another type than the description says is left alone: the raw JSON has it.
bool fits(Kind kind, Reader::Next next) {
  switch (kind) {
    case Kind::kText:
    case Kind::kTime:
    case Kind::kDate:
      return next == Reader::Next::kText;
    case Kind::kBoolean:
      return next == Reader::Next::kBoolean;
    case Kind::kInteger:
    case Kind::kNumber:
      return next == Reader::Next::kNumber;
    case Kind::kStructure:
      return next == Reader::Next::kObject;
    case Kind::kJson:
      return true;
  }
  return false;
}

}  // namespace

std::optional<Date> read_date(std::string_view text) {
  int y = 0, m = 0, d = 0;
  if (text.size() != 10 || !digits(text, 0, 4, y) || !digits(text, 5, 2, m) || !digits(text, 8, 2, d) ||
      text[4] != '-' || text[7] != '-')
    return {};
  Date date{std::chrono::year(y), std::chrono::month(static_cast<unsigned>(m)),
            std::chrono::day(static_cast<unsigned>(d))};
  return date.ok() ? std::optional(date) : std::nullopt;
}

std::optional<Time> read_time(std::string_view text) {
  std::chrono::seconds clock{}, zone{};
  std::chrono::nanoseconds fraction{};
  std::optional<Date> date;
  if (text.size() >= 25 && text[3] == ',') {  // RFC 2822
    int y = 0, d = 0;
    std::size_t month = kMonths.find(text.substr(8, 3));
    if (month == std::string_view::npos || month % 3 != 0 || !digits(text, 5, 2, d) || !digits(text, 12, 4, y) ||
        !clock_at(text, 17, clock) || !zone_at(text.substr(std::min<std::size_t>(26, text.size())), zone)) {
      return {};
    }
    date = Date{std::chrono::year(y), std::chrono::month(static_cast<unsigned>(month / 3 + 1)),
                std::chrono::day(static_cast<unsigned>(d))};
    if (!date->ok()) return {};
  } else {
    date = read_date(text.substr(0, 10));
    if (!date) return {};
    if (text.size() > 10) {
      if ((text[10] != 'T' && text[10] != ' ') || !clock_at(text, 11, clock)) return {};
      std::string_view rest = text.substr(19);
      if (!rest.empty() && rest[0] == '.') {
        std::int64_t unit = 100'000'000;
        std::size_t i = 1;
        for (; i < rest.size() && rest[i] >= '0' && rest[i] <= '9'; ++i, unit /= 10)
          fraction += std::chrono::nanoseconds((rest[i] - '0') * unit);
        rest.remove_prefix(i);
      }
      if (!zone_at(rest, zone)) return {};
    }
  }
  int year = static_cast<int>(date->year());
  if (year < 1700 || year > 2250) return {};  // nanoseconds in 64 bits
  return Time(std::chrono::sys_days(*date)) + std::chrono::duration_cast<Time::duration>(clock - zone + fraction);
}

std::string write_date(Date date) {
  char out[32];
  std::snprintf(out, sizeof out, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return out;
}

std::string write_time(Time time) {
  auto day = std::chrono::floor<std::chrono::days>(time);
  std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  char out[32];
  std::snprintf(out, sizeof out, "T%02d:%02d:%02dZ", static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return write_date(Date(day)) + out;
}

namespace {

void read_one(Reader& reader, const FieldType& type, void* value, const std::shared_ptr<const std::string>& whole) {
  switch (type.kind) {
    case Kind::kText:
      reader.text(*static_cast<std::string*>(value));
      break;
    case Kind::kBoolean:
      *static_cast<bool*>(value) = reader.boolean();
      break;
    case Kind::kInteger: {
      std::string_view number = reader.number();
      double real = 0;
      auto [end, error] =
          std::from_chars(number.data(), number.data() + number.size(), *static_cast<std::int64_t*>(value));
      if (end == number.data() + number.size()) break;
      std::from_chars(number.data(), number.data() + number.size(), real);  // 1.0 and 1e3 are integers too
      if (real > -9e18 && real < 9e18) *static_cast<std::int64_t*>(value) = static_cast<std::int64_t>(real);
      break;
    }
    case Kind::kNumber: {
      std::string_view number = reader.number();
      std::from_chars(number.data(), number.data() + number.size(), *static_cast<double*>(value));
      break;
    }
    case Kind::kJson:
      *static_cast<Json*>(value) = reader.value();
      break;
    case Kind::kStructure:
      read_structure(reader, *type.structure(), value, whole);
      break;
    case Kind::kTime: {
      std::string text;
      reader.text(text);
      *static_cast<Time*>(value) = read_time(text).value_or(Time());
      break;
    }
    case Kind::kDate: {
      std::string text;
      reader.text(text);
      *static_cast<Date*>(value) = read_date(text).value_or(Date());
      break;
    }
  }
}

}  // namespace

void read_field(Reader& reader, const FieldType& type, void* field, const std::shared_ptr<const std::string>& whole) {
  Reader::Next next = reader.peek();
  if (next == Reader::Next::kNull) return reader.null();
  if (type.list) {
    if (next != Reader::Next::kArray || !type.append) return reader.skip();
    void* list = type.make(field);
    return reader.array([&] {
      if (!fits(type.kind, reader.peek())) return reader.skip();
      read_one(reader, type, type.append(list), whole);
    });
  }
  // Numbers and flags that should be texts keep their own text: error_code was "30003" once and 30003 another time.
  if (type.kind == Kind::kText && (next == Reader::Next::kNumber || next == Reader::Next::kBoolean)) {
    std::string_view passed;
    reader.skip(passed);
    *static_cast<std::string*>(type.make(field)) = passed;
    return;
  }
  if ((type.kind == Kind::kInteger || type.kind == Kind::kNumber) && next == Reader::Next::kText) {
    std::string text;
    reader.text(text);
    if (text.empty() || text.find_first_not_of("+-.0123456789eE") != std::string::npos) return;
    Reader inner(text);
    try {
      FieldType number = type;
      double value = inner.value().number();
      if (number.kind == Kind::kInteger)
        *static_cast<std::int64_t*>(type.make(field)) = static_cast<std::int64_t>(value);
      else
        *static_cast<double*>(type.make(field)) = value;
    } catch (const std::invalid_argument&) {
    }
    return;
  }
  if (!fits(type.kind, next)) return reader.skip();
  if (type.kind == Kind::kTime) {
    std::string text;
    reader.text(text);
    if (auto time = read_time(text)) *static_cast<Time*>(type.make(field)) = *time;
  } else if (type.kind == Kind::kDate) {
    std::string text;
    reader.text(text);
    if (auto date = read_date(text)) *static_cast<Date*>(type.make(field)) = *date;
  } else {
    read_one(reader, type, type.make(field), whole);
  }
}

void read_structure(Reader& reader, const Structure& structure, void* out,
                    const std::shared_ptr<const std::string>& whole) {
  if (structure.raw_offset >= 0 && whole) {
    std::string_view part;
    Reader ahead = reader;
    ahead.skip(part);
    *reinterpret_cast<Raw*>(static_cast<char*>(out) + structure.raw_offset) = Raw(whole, part);
  }
  // Fields mostly come in the order of the table, so the search begins behind the last one found.
  std::size_t hint = 0;
  const auto fields = structure.fields;
  reader.object([&](std::string_view name) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const Field& field = fields[(hint + i) % fields.size()];
      if (field.name != name) continue;
      hint = (hint + i + 1) % fields.size();
      return read_field(reader, *field.type, static_cast<char*>(out) + field.offset, whole);
    }
    reader.skip();
  });
}

}  // namespace twilio::detail
