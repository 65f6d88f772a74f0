#include "functions/disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace dialtone::functions {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> broken(std::string_view what, const fs::path& path, int error) {
  return fail({kDiskError,
               fmt::format("{}: {} {}: {}", kDiskError.message, what, path.filename().string(), std::strerror(error))});
}

class Fd {
 public:
  Fd(const fs::path& path, int flags, mode_t mode = 0) : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

}  // namespace

Result<> write_file(const fs::path& file, std::string_view bytes) {
  const Fd fd(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (!fd) return broken("cannot make", file, errno);
  // A worker may be another user than we are, whatever our umask; the folder above all is closed to others.
  ::fchmod(fd.get(), 0644);
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t now = ::write(fd.get(), bytes.data() + done, bytes.size() - done);
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) return broken("cannot write", file, errno);
    done += static_cast<std::size_t>(now);
  }
  if (::fsync(fd.get()) != 0) return broken("cannot sync", file, errno);
  return {};
}

Result<> sync_folder(const fs::path& folder) {
  const Fd fd(folder, O_RDONLY | O_DIRECTORY);
  if (!fd || ::fsync(fd.get()) != 0) return broken("cannot sync", folder, errno);
  return {};
}

Result<> sync_folders(const fs::path& folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!at->is_symlink() && at->is_directory()) DT_CHECK(sync_folder(at->path()));
  }
  if (error) return broken("cannot read", folder, error.value());
  return sync_folder(folder);
}

Result<> sync_filesystem(const fs::path& folder) {
  const Fd fd(folder, O_RDONLY | O_DIRECTORY);
  if (!fd || ::syncfs(fd.get()) != 0) return broken("cannot sync", folder, errno);
  return {};
}

Result<> make_folders(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return broken("cannot make", folder, error.value());
  return {};
}

Result<std::string> read_file(const fs::path& file) {
  const Fd fd(file, O_RDONLY);
  if (!fd) return fail({errors::kNotFound, fmt::format("{} is not there", file.filename().string())});
  std::string out;
  struct stat status{};
  if (::fstat(fd.get(), &status) == 0) out.reserve(static_cast<std::size_t>(status.st_size));
  char buffer[16 * 1024];
  while (true) {
    const ssize_t now = ::read(fd.get(), buffer, sizeof buffer);
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) return broken("cannot read", file, errno);
    if (now == 0) return out;
    out.append(buffer, static_cast<std::size_t>(now));
  }
}

Result<> link_tree(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy(from, to,
           fs::copy_options::recursive | fs::copy_options::copy_symlinks | fs::copy_options::create_hard_links, error);
  if (error) return broken("cannot link", to, error.value());
  return {};
}

void remove_tree(const fs::path& path) noexcept {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

}  // namespace dialtone::functions
