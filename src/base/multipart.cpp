#include "base/multipart.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>

namespace dialtone {
namespace {

constexpr std::size_t kBoundaryMax = 70;  // RFC 2046, 5.1.1

Error bad(std::string_view why) { return {errors::kBadRequest, fmt::format("Malformed multipart body: {}", why)}; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// The value of a parameter of a header: `form-data; name="file"; filename="a.js"`. Browsers escape a quote as %22,
/// others with a backslash.
std::string parameter(std::string_view header, std::string_view wanted) {
  std::size_t at = header.find(';');
  while (at != std::string_view::npos && at < header.size()) {
    header.remove_prefix(at + 1);
    header = trim(header);
    const std::size_t equals = header.find('=');
    if (equals == std::string_view::npos) return {};
    const std::string_view name = trim(header.substr(0, equals));
    header.remove_prefix(equals + 1);
    std::string value;
    if (header.starts_with('"')) {
      std::size_t i = 1;
      for (; i < header.size() && header[i] != '"'; ++i) {
        if (header[i] == '\\' && i + 1 < header.size() && (header[i + 1] == '"' || header[i + 1] == '\\')) ++i;
        value += header[i];
      }
      header.remove_prefix(std::min(i + 1, header.size()));
      at = header.find(';');
    } else {
      at = header.find(';');
      value = trim(header.substr(0, at));
    }
    if (boost::iequals(name, wanted)) return value;
  }
  return {};
}

}  // namespace

Result<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body) {
  const std::string boundary = parameter(content_type, "boundary");
  if (boundary.empty() || boundary.size() > kBoundaryMax) return fail(bad("there is no boundary"));
  const std::string first = "--" + boundary;
  const std::string delimiter = "\r\n" + first;
  // What stands before the first boundary is not looked at.
  std::size_t at = 0;
  if (!body.starts_with(first)) {
    at = body.find(delimiter);
    if (at == std::string_view::npos) return fail(bad("the boundary does not occur"));
    at += 2;
  }
  std::vector<Part> parts;
  while (true) {
    std::string_view rest = body.substr(at + first.size());
    if (rest.starts_with("--")) return parts;
    const std::size_t line = rest.find("\r\n");
    if (line == std::string_view::npos || !trim(rest.substr(0, line)).empty())
      return fail(bad("a boundary's line does not end"));
    rest.remove_prefix(line + 2);
    if (parts.size() == kPartsMax) return fail(bad("there are too many parts"));
    Part part;
    while (true) {
      const std::size_t end = rest.find("\r\n");
      if (end == std::string_view::npos || end > kPartHeaderBytesMax) return fail(bad("a part's header does not end"));
      const std::string_view header = rest.substr(0, end);
      rest.remove_prefix(end + 2);
      if (header.empty()) break;
      const std::size_t colon = header.find(':');
      if (colon == std::string_view::npos) return fail(bad("a part's header has no colon"));
      const std::string_view value = trim(header.substr(colon + 1));
      if (boost::iequals(header.substr(0, colon), "Content-Disposition")) {
        part.name = parameter(value, "name");
        part.filename = parameter(value, "filename");
      } else if (boost::iequals(header.substr(0, colon), "Content-Type")) {
        part.content_type = value;
      }
    }
    if (part.name.empty()) return fail(bad("a part has no name"));
    // The part may be empty: then the delimiter's line break is the one that ended its header.
    const auto start = static_cast<std::size_t>(rest.data() - body.data());
    const std::size_t end = body.find(delimiter, start - 2);
    if (end == std::string_view::npos) return fail(bad("a part does not end"));
    part.body = end < start ? std::string_view{} : body.substr(start, end - start);
    parts.push_back(std::move(part));
    at = end + 2;
  }
}

}  // namespace dialtone
