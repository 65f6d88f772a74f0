#include "functions/sandbox_processes.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace dialtone::functions {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kProcessesMax = 1000;  ///< more are not looked at; their number is limited

/// Files of /proc have no size.
std::string read_file(const std::string& path) {
  std::string out;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return out;
  ssize_t size = 0;
  do {
    const auto before = out.size();
    out.resize(before + 4096);
    size = ::read(fd, out.data() + before, 4096);
    out.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  } while (size > 0);
  ::close(fd);
  return out;
}

/// The number behind `name:`, in kB.
std::size_t field(std::string_view text, std::string_view name) {
  const auto at = text.find(name);
  if (at == std::string_view::npos) return 0;
  const auto digits = std::min(text.find_first_of("0123456789", at), text.size());
  std::size_t out = 0;
  std::from_chars(text.data() + digits, text.data() + text.size(), out);
  return out;
}

}  // namespace

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> out;
  // Any thread may have started one.
  std::error_code error;
  for (fs::directory_iterator thread(fmt::format("/proc/{}/task", pid), error); !error && thread != fs::end(thread);
       thread.increment(error)) {
    const std::string text = read_file(thread->path() / "children");
    std::string_view rest = text;
    while (!rest.empty()) {
      pid_t child = 0;
      const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), child);
      if (problem != std::errc()) break;
      out.push_back(child);
      rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
      if (!rest.empty()) rest.remove_prefix(1);
    }
  }
  return out;
}

std::size_t memory_of_family(pid_t pid) {
  std::size_t out = 0;
  std::vector<pid_t> family{pid};
  for (std::size_t i = 0; i < family.size() && i < kProcessesMax; ++i) {
    const auto status = read_file(fmt::format("/proc/{}/status", family[i]));
    out += (field(status, "RssAnon:") + field(status, "RssShmem:")) * 1024;
    for (const pid_t child : children_of(family[i])) family.push_back(child);
  }
  return out;
}

}  // namespace dialtone::functions
