#include "store/folder_lock.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace dialtone::store {

Result<FolderLock> FolderLock::take(const std::string& folder) {
  const std::string path = folder + "/lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return fail(
        {errors::kInternal, fmt::format("the data folder {} cannot be written: {}", folder, std::strerror(errno))});
  }
  FolderLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    std::array<char, 32> pid{};
    const auto size = ::pread(file, pid.data(), pid.size(), 0);
    return fail({errors::kInternal, fmt::format("the data folder {} is in use by process {}", folder,
                                                size > 0 ? std::string_view(pid.data(), static_cast<std::size_t>(size))
                                                         : std::string_view("(unknown)"))});
  }
  const std::string pid = std::to_string(::getpid());
  // The pid is a courtesy to the next who asks; the lock holds without it.
  if (::ftruncate(file, 0) == 0 && ::pwrite(file, pid.data(), pid.size(), 0) < 0) errno = 0;
  return lock;
}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace dialtone::store
