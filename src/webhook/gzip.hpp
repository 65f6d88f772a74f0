#pragma once
// Decoding of gzip answers, bounded: a small answer may unfold to gigabytes.

#include <optional>
#include <string>
#include <string_view>

namespace dialtone::webhook {

struct Unzipped {
  std::string text;
  bool truncated = false;  ///< there was more than `bytes_max`, or the input ended early
};

/// Reads gzip or zlib. Nothing when the bytes are neither, or broken.
[[nodiscard]] std::optional<Unzipped> unzip(std::string_view bytes, std::size_t bytes_max);

}  // namespace dialtone::webhook
