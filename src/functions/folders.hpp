#pragma once
// Where the files of functions and assets lie, below one folder:
//   versions/ZN…   what was uploaded
//   builds/ZB…/    what a build made of it (deployed.hpp says how it looks inside)
//   modules/       dependencies that were installed, by what was asked for
//   npm/           npm's cache
//   tmp/           what is being made; emptied at start

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace dialtone::functions {

class Folders {
 public:
  /// Below `root`; with an empty one, in a folder of the system's temporary ones that goes with this object.
  static Result<Folders> open(const std::filesystem::path& root);
  Folders(Folders&& other) noexcept;
  Folders& operator=(Folders&&) = delete;
  ~Folders();

  [[nodiscard]] std::filesystem::path version(std::string_view sid) const { return root_ / "versions" / sid; }
  [[nodiscard]] std::filesystem::path build(std::string_view sid) const { return root_ / "builds" / sid; }
  [[nodiscard]] std::filesystem::path versions() const { return root_ / "versions"; }
  [[nodiscard]] std::filesystem::path builds() const { return root_ / "builds"; }
  [[nodiscard]] std::filesystem::path modules() const { return root_ / "modules"; }
  [[nodiscard]] std::filesystem::path npm() const { return root_ / "npm"; }
  /// A name in tmp/ that nobody else has.
  [[nodiscard]] std::filesystem::path temporary() const;

 private:
  Folders(std::filesystem::path root, bool temporary) : root_(std::move(root)), temporary_(temporary) {}

  std::filesystem::path root_;
  bool temporary_;
};

}  // namespace dialtone::functions
