#include "functions/folders.hpp"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include <fmt/format.h>

#include "base/sid.hpp"
#include "functions/disk.hpp"

namespace dialtone::functions {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporaryPrefix = "dialtone-functions-";

/// Folders of programs that were killed. The name tells whose they were.
void remove_orphans(const fs::path& where) {
  std::error_code error;
  for (fs::directory_iterator at(where, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with(kTemporaryPrefix)) continue;
    pid_t pid = 0;
    const char* begin = name.data() + kTemporaryPrefix.size();
    const auto [rest, problem] = std::from_chars(begin, name.data() + name.size(), pid);
    if (problem != std::errc{} || pid <= 0 || *rest != '-') continue;
    if (::kill(pid, 0) != 0 && errno == ESRCH) remove_tree(at->path());
  }
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    out.push_back(at->path());
  return out;
}

}  // namespace

Result<Folders> Folders::open(const fs::path& root) {
  fs::path where = root;
  if (root.empty()) {
    std::error_code error;
    const fs::path system = fs::temp_directory_path(error);
    if (error) return fail({kDiskError, fmt::format("there is no folder for temporary files: {}", error.message())});
    remove_orphans(system);
    where = system / fmt::format("{}{}-{}", kTemporaryPrefix, ::getpid(), random_hex(4));
  }
  Folders out(where, root.empty());
  remove_tree(where / "tmp");
  for (const char* each : {"modules", "npm", "tmp"}) DT_CHECK(make_folders(where / each));
  std::error_code ignored;
  fs::permissions(where, fs::perms::owner_all, ignored);
  DT_CHECK(sync_folder(where));
  return out;
}

Folders::Folders(Folders&& other) noexcept
    : root_(std::move(other.root_)), temporary_(std::exchange(other.temporary_, false)) {}

Folders::~Folders() {
  if (temporary_) remove_tree(root_);
}

std::vector<StoredFile> Folders::stored() const {
  std::vector<StoredFile> out;
  for (const fs::path& account : entries_of(root_)) {
    if (!is_sid(account.filename().string(), "AC")) continue;
    for (const fs::path& service : entries_of(account)) {
      for (const char* kind : {"versions", "builds"}) {
        for (const fs::path& each : entries_of(service / kind)) {
          out.push_back({.account_sid = account.filename(),
                         .service_sid = service.filename(),
                         .sid = each.filename(),
                         .path = each});
        }
      }
    }
  }
  return out;
}

fs::path Folders::temporary() const { return root_ / "tmp" / random_hex(8); }

}  // namespace dialtone::functions
