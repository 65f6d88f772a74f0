#pragma once
// Where the files of functions and assets lie, below one folder:
//   AC…/ZS…/versions/ZN…   what was uploaded
//   AC…/ZS…/builds/ZB…/    what a build made of it (deployed.hpp says how it looks inside)
//   modules/               dependencies that were installed, by what was asked for
//   npm/                   npm's cache and home
//   tmp/                   what is being made; emptied at start

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace dialtone::functions {

/// A version or a build on disk.
struct StoredFile {
  std::string account_sid;
  std::string service_sid;
  std::string sid;
  std::filesystem::path path;
};

class Folders {
 public:
  /// Below `root`; with an empty one, in a folder of the system's temporary ones that goes with this object.
  static Result<Folders> open(const std::filesystem::path& root);
  Folders(Folders&& other) noexcept;
  Folders& operator=(Folders&&) = delete;
  ~Folders();

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path service(std::string_view account_sid, std::string_view service_sid) const {
    return root_ / account_sid / service_sid;
  }
  [[nodiscard]] std::filesystem::path modules() const { return root_ / "modules"; }
  [[nodiscard]] std::filesystem::path npm() const { return root_ / "npm"; }
  [[nodiscard]] static std::filesystem::path version(const std::filesystem::path& service, std::string_view sid) {
    return service / "versions" / sid;
  }
  [[nodiscard]] static std::filesystem::path build(const std::filesystem::path& service, std::string_view sid) {
    return service / "builds" / sid;
  }
  /// All versions and builds there are.
  [[nodiscard]] std::vector<StoredFile> stored() const;
  /// A name in tmp/ that nobody else has.
  [[nodiscard]] std::filesystem::path temporary() const;

 private:
  Folders(std::filesystem::path root, bool temporary) : root_(std::move(root)), temporary_(temporary) {}

  std::filesystem::path root_;
  bool temporary_;
};

}  // namespace dialtone::functions
