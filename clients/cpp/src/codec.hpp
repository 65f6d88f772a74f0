#pragma once
// Structs to forms, queries and JSON, and back, by their tables.

#include <string>
#include <utility>
#include <vector>

#include "reader.hpp"
#include "twilio/detail/tables.hpp"

namespace twilio::detail {

/// Percent-encodes all but letters, digits and -._~
void escape(std::string& out, std::string_view text);
/// One segment of a path: also keeps what needs no escape there, such as + : @ and commas. Throws std::invalid_argument
/// for one that is empty, `.` or `..`: it would name another place.
void escape_segment(std::string& out, std::string_view text);

struct Encoded {
  std::string query;  // without the question mark
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string names;  // of everything sent, for the log
};
Encoded encode(const Operation& operation, const void* parameters);

/// 2024-05-06T07:08:09Z, Mon, 06 May 2024 07:08:09 +0000 and 2024-05-06 are read; nothing else is a time.
std::optional<Time> read_time(std::string_view text);
std::optional<Date> read_date(std::string_view text);
std::string write_time(Time time);
std::string write_date(Date date);

/// `raw` is the text that `reader` reads, for the struct's raw member.
void read_structure(Reader& reader, const Structure& structure, void* out,
                    const std::shared_ptr<const std::string>& whole);
void read_field(Reader& reader, const FieldType& type, void* field, const std::shared_ptr<const std::string>& whole);

}  // namespace twilio::detail
