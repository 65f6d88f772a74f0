#include "messaging/media_files.hpp"

#include <fcntl.h>
#include <openssl/sha.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <boost/asio/post.hpp>

#include "base/log.hpp"

namespace dialtone::messaging {
namespace {

namespace fs = std::filesystem;

/// Writes and syncs under another name, then renames: a file that is there is whole. False with errno when it cannot.
bool write_durably(const std::string& path, std::string_view bytes) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  fs::create_directories(folder, error);
  if (fs::exists(path, error)) return true;  // the same bytes
  static std::atomic<unsigned> serial{0};
  const std::string draft = fmt::format("{}.{}.part", path, serial++);
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  bool good = true;
  while (good && !bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    good = written > 0;
    if (good) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  good = good && ::fsync(fd) == 0;
  const int problem = errno;
  ::close(fd);
  if (!good || ::rename(draft.c_str(), path.c_str()) != 0) {
    ::unlink(draft.c_str());
    errno = good ? errno : problem;
    return false;
  }
  for (const fs::path& each : {folder, folder.parent_path()}) {
    const int directory = ::open(each.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) continue;
    ::fsync(directory);
    ::close(directory);
  }
  return true;
}

std::optional<std::string> read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::string out;
  for (const unsigned char byte : digest) fmt::format_to(std::back_inserter(out), "{:02x}", byte);
  return out;
}

template <typename Work>
auto MediaFiles::on_thread(Work work) -> Task<decltype(work())> {
  using Answer = decltype(work());
  auto start = [this](auto handler, Work inner) {
    asio::post(pool_, [this, handler = std::move(handler), inner = std::move(inner)]() mutable {
      auto answer = inner();
      asio::post(executor_, [handler = std::move(handler), answer = std::move(answer)]() mutable {
        std::move(handler)(std::move(answer));
      });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(Answer)>(
      std::move(start), use_task, std::move(work));
}

std::string MediaFiles::path(std::string_view owner, std::string_view hash) const {
  return fmt::format("{}/{}/{}", folder_, owner, hash);
}

std::shared_ptr<void> MediaFiles::pin(std::string_view owner, std::string_view hash) {
  std::string name = fmt::format("{}/{}", owner, hash);
  ++(*pins_)[name];
  return {pins_.get(), [pins = pins_, name = std::move(name)](void*) {
            if (--(*pins)[name] == 0) pins->erase(name);
          }};
}

Task<Result<MediaFiles::Kept>> MediaFiles::put(std::string owner, std::string bytes) {
  Kept kept{.hash = sha256_hex(bytes), .pin = {}};
  kept.pin = pin(owner, kept.hash);
  if (folder_.empty()) {
    auto& place = memory_[owner][kept.hash];
    if (!place) {
      if (memory_bytes_ + bytes.size() > kMediaMemoryBytesMax) {
        memory_[owner].erase(kept.hash);
        co_return fail({kMediaStore, "No room is left in memory for more files"});
      }
      memory_bytes_ += bytes.size();
      place = std::make_shared<const std::string>(std::move(bytes));
    }
    co_return kept;
  }
  const int problem = co_await on_thread([path = path(owner, kept.hash), bytes = std::move(bytes)]() -> int {
    return write_durably(path, bytes) ? 0 : errno == 0 ? EIO : errno;
  });
  if (problem != 0) {
    log::error("media.write", {{"owner", owner}, {"error", std::generic_category().message(problem)}});
    co_return fail(kMediaStore);
  }
  co_return kept;
}

Task<bool> MediaFiles::share(std::string owner, std::string hash, std::string with) {
  if (owner == with) co_return true;
  if (folder_.empty()) {
    const auto files = memory_.find(owner);
    const auto found = files == memory_.end() ? decltype(files->second.find(hash)){} : files->second.find(hash);
    if (files == memory_.end() || found == files->second.end()) co_return false;
    // The bytes are the same, but either owner may be the last to give them up: both count.
    auto& place = memory_[with][hash];
    if (!place) {
      place = found->second;
      memory_bytes_ += place->size();
    }
    co_return true;
  }
  co_return co_await on_thread([from = path(owner, hash), to = path(with, hash)]() -> bool {
    std::error_code error;
    fs::create_directories(fs::path(to).parent_path(), error);
    if (fs::exists(to, error)) return true;
    fs::create_hard_link(from, to, error);
    if (!error) return true;
    // Some file systems have no links.
    const auto bytes = read_whole(from);
    return bytes && write_durably(to, *bytes);
  });
}

Task<std::optional<std::string>> MediaFiles::get(std::string owner, std::string hash) {
  if (folder_.empty()) {
    const auto files = memory_.find(owner);
    if (files == memory_.end()) co_return std::nullopt;
    const auto found = files->second.find(hash);
    if (found == files->second.end()) co_return std::nullopt;
    co_return *found->second;
  }
  co_return co_await on_thread([path = path(owner, hash)]() -> std::optional<std::string> { return read_whole(path); });
}

void MediaFiles::erase(std::string_view owner, std::string_view hash) {
  if (pins_->contains(fmt::format("{}/{}", owner, hash))) return;
  if (folder_.empty()) {
    const auto files = memory_.find(owner);
    if (files == memory_.end()) return;
    const auto found = files->second.find(hash);
    if (found == files->second.end()) return;
    memory_bytes_ -= found->second->size();
    files->second.erase(found);
    if (files->second.empty()) memory_.erase(files);
    return;
  }
  std::error_code ignored;
  fs::remove(path(owner, hash), ignored);
}

void MediaFiles::erase_owner(std::string_view owner) {
  if (folder_.empty()) {
    const std::string below = fmt::format("{}/", owner);
    std::erase_if(memory_, [&](const auto& files) {
      if (files.first != owner && !files.first.starts_with(below)) return false;
      for (const auto& [hash, bytes] : files.second) memory_bytes_ -= bytes->size();
      return true;
    });
    return;
  }
  // Behind what is being written for it.
  asio::post(pool_, [folder = fmt::format("{}/{}", folder_, owner)] {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  });
}

}  // namespace dialtone::messaging
