#pragma once
// multipart/form-data (RFC 7578): forms with files. Parts are views into the body.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace dialtone {

inline constexpr std::size_t kPartsMax = 1000;
inline constexpr std::size_t kPartHeaderBytesMax = 8 * 1024;

struct Part {
  std::string name;
  std::string filename;      ///< empty: a plain field
  std::string content_type;  ///< as sent; empty when it says nothing
  std::string_view body;
};

/// Reads a body by the boundary in its Content-Type. The views live as long as `body`. Error: 20001 when there is no
/// boundary, a part has no name or no end, or there are too many.
Result<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace dialtone
