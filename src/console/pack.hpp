#pragma once
// The console's built files, linked into the program as one piece of bytes: lines of `path<TAB>type<TAB>etag<TAB>size`,
// an empty line, then the gzipped files one after another. apps/console/build/build.mjs writes it.

#include <map>
#include <string>
#include <string_view>

namespace dialtone::console {

struct File {
  std::string_view type;
  std::string_view etag;  ///< quoted
  std::string_view gzip;  ///< the file's bytes, compressed
};

class Pack {
 public:
  /// `bytes` outlive the pack. Throws std::runtime_error when they are no pack.
  explicit Pack(std::string_view bytes);
  /// The pack that was linked into this program.
  static const Pack& linked();

  /// By path from the root, "/assets/index-1a2b.js"; null when there is none.
  [[nodiscard]] const File* find(std::string_view path) const;

 private:
  std::map<std::string_view, File, std::less<>> files_;
};

/// The whole of a gzipped text that we made ourselves.
[[nodiscard]] std::string gunzip(std::string_view bytes);

}  // namespace dialtone::console
