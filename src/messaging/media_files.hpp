#pragma once
// The bytes of pictures and files. Each lies under its owner (an account, or a phone) by the SHA-256 of its bytes:
// `<data>/media/<owner>/<hash>`; without a data folder in memory. A file is on disk before anything tells of it, and a
// copy for another owner is a link to the same bytes. What is kept in memory is limited; what is too much is refused.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/thread_pool.hpp>

#include "base/error.hpp"
#include "base/task.hpp"

namespace dialtone::messaging {

inline constexpr std::size_t kMediaMemoryBytesMax = std::size_t{256} << 20;
inline constexpr ErrorRow kMediaStore{20503, 503, "The file cannot be stored now"};

/// Lower-case hexadecimal SHA-256.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

class MediaFiles {
 public:
  /// Without a folder all is kept in memory.
  MediaFiles(Executor executor, std::string folder) : executor_(executor), folder_(std::move(folder)), pool_(1) {}
  ~MediaFiles() { pool_.join(); }
  MediaFiles(const MediaFiles&) = delete;
  MediaFiles& operator=(const MediaFiles&) = delete;

  struct Kept {
    std::string hash;
    std::shared_ptr<void> pin;  ///< the file is not dropped while somebody holds this
  };
  /// Keeps the bytes; they are durable then. Error: 20503.
  Task<Result<Kept>> put(std::string owner, std::string bytes);
  /// The same bytes for another owner. False when the first has none.
  Task<bool> share(std::string owner, std::string hash, std::string with);
  /// Nothing when there is no such file.
  Task<std::optional<std::string>> get(std::string owner, std::string hash);
  /// Not while the file is pinned.
  void erase(std::string_view owner, std::string_view hash);
  /// All files of an owner and of those below it (`owner/…`).
  void erase_owner(std::string_view owner);

 private:
  using Bytes = std::shared_ptr<const std::string>;

  [[nodiscard]] std::shared_ptr<void> pin(std::string_view owner, std::string_view hash);

  template <typename Work>
  auto on_thread(Work work) -> Task<decltype(work())>;
  [[nodiscard]] std::string path(std::string_view owner, std::string_view hash) const;

  Executor executor_;
  std::string folder_;
  std::map<std::string, std::map<std::string, Bytes, std::less<>>, std::less<>> memory_;
  std::size_t memory_bytes_ = 0;
  std::shared_ptr<std::map<std::string, int>> pins_ = std::make_shared<std::map<std::string, int>>();
  asio::thread_pool pool_;  ///< one thread that reads and writes
};

}  // namespace dialtone::messaging
