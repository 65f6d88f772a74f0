#include "store/write_log.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>

#include "base/hash.hpp"
#include "store/pack.hpp"

namespace dialtone::store {
namespace {

constexpr std::uint64_t kMagic = 0x32676f6c656e6f74;       // "tonelog2"
constexpr std::uint64_t kPlainMagic = 0x31676f6c656e6f74;  // "tonelog1": its frames are not packed
constexpr std::size_t kSegmentHeaderBytes = 32;
constexpr std::size_t kHeaderBytes = 24;  ///< of a frame: size, sequence, checksum
constexpr std::size_t kSparesMax = 2;
constexpr std::size_t kGrownBytesMax = 256 << 10;  ///< of a segment that was not made ahead, once there is one that is
constexpr std::string_view kPrefix = "log.";

std::uint64_t load(const char* from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof(value));
  return value;
}
void save(char* to, std::uint64_t value) { std::memcpy(to, &value, sizeof(value)); }

std::expected<void, int> write_all(int file, std::string_view bytes, std::size_t offset) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(errno);
    if (written == 0) return std::unexpected(ENOSPC);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::size_t>(written);
  }
  return {};
}

std::string read_all(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in) throw std::runtime_error("cannot read " + path);
  return bytes;
}

struct OldSegment {
  std::string bytes;
  std::uint64_t first_sequence = 0;
};

}  // namespace

std::uint64_t WriteLog::checksum(std::uint64_t salt, std::uint64_t sequence, std::string_view bytes) {
  return hash_bytes(bytes, salt, sequence);
}

WriteLog::~WriteLog() {
  if (file_ >= 0) ::close(file_);
}

std::string WriteLog::path(std::uint64_t number) const { return fmt::format("{}/{}{}", folder_, kPrefix, number); }

std::vector<std::uint64_t> WriteLog::numbers_on_disk() const {
  std::vector<std::uint64_t> numbers;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), number);
    if (error == std::errc() && end == name.data() + name.size()) numbers.push_back(number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

void WriteLog::replay(std::uint64_t placed, const std::function<void(std::uint64_t, std::string_view)>& apply) {
  std::vector<OldSegment> segments;
  for (const auto number : numbers_on_disk()) {
    number_ = number;
    OldSegment segment{.bytes = read_all(path(number))};
    const std::string_view header = std::string_view(segment.bytes).substr(0, kSegmentHeaderBytes);
    // A file that was about to be written over, or whose first batch was never answered, has no valid header.
    if (header.size() < kSegmentHeaderBytes) continue;
    const auto magic = load(header.data());
    if (magic != kMagic && magic != kPlainMagic) continue;
    if (load(header.data() + 24) != checksum(load(header.data() + 8), magic, header.substr(0, 24))) continue;
    segment.first_sequence = load(header.data() + 16);
    // Renamed for reuse but not yet written over: all it holds was placed.
    if (!segments.empty() && segment.first_sequence < segments.back().first_sequence) continue;
    segments.push_back(std::move(segment));
  }
  std::uint64_t expected = placed + 1;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].first_sequence > expected) {
      throw std::runtime_error(fmt::format("the log in {} is damaged: batch {} is missing", folder_, expected));
    }
    const auto end = i + 1 < segments.size() ? segments[i + 1].first_sequence : UINT64_MAX;
    const bool packed = load(segments[i].bytes.data()) == kMagic;
    const auto salt = load(segments[i].bytes.data() + 8);
    auto sequence = segments[i].first_sequence;
    std::string_view rest = std::string_view(segments[i].bytes).substr(kSegmentHeaderBytes);
    for (; rest.size() >= kHeaderBytes && sequence < end; ++sequence) {
      const auto size = load(rest.data());
      if (load(rest.data() + 8) != sequence || size > rest.size() - kHeaderBytes) break;
      const auto payload = rest.substr(kHeaderBytes, size);
      if (load(rest.data() + 16) != checksum(salt, sequence, payload)) break;
      if (sequence == expected) {
        if (packed) {
          apply(sequence, unpack(payload));
        } else {
          apply(sequence, payload);
        }
        ++expected;
      }
      rest.remove_prefix(kHeaderBytes + size);
    }
  }
}

void WriteLog::clear() {
  // What stays is older than what the database says is placed, and so without effect.
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    if (entry.path().filename().string().starts_with(kPrefix)) std::filesystem::remove(entry.path(), ignored);
  }
  if (file_ >= 0) ::close(file_);
  file_ = -1;
  full_.clear();
  const std::lock_guard lock(mutex_);
  spares_.clear();
}

bool WriteLog::has_spare() {
  const std::lock_guard lock(mutex_);
  return !spares_.empty();
}

void WriteLog::prepare() {
  if (has_spare()) return;
  const std::string name = fmt::format("{}/{}spare.{}", folder_, kPrefix, ++made_ahead_);
  const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return;  // then the segments grow
  const std::string zeros(256 << 10, '\0');
  bool made = true;
  for (std::size_t size = 0; made && size < kSegmentBytes; size += zeros.size())
    made = write_all(file, zeros, size).has_value();
  made = made && ::fdatasync(file) == 0;
  ::close(file);
  if (!made) {
    ::unlink(name.c_str());
    return;
  }
  const std::lock_guard lock(mutex_);
  spares_.push_back(name);
}

std::expected<void, int> WriteLog::begin_segment(std::uint64_t first_sequence) {
  const auto number = number_ + 1;
  const std::string name = path(number);
  {
    const std::lock_guard lock(mutex_);
    prepared_ = !spares_.empty();
    if (prepared_ && ::rename(spares_.back().c_str(), name.c_str()) != 0) return std::unexpected(errno);
    if (prepared_) spares_.pop_back();
  }
  number_ = number;
  const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return std::unexpected(errno);
  std::random_device random;
  salt_ = static_cast<std::uint64_t>(random()) << 32 | random();
  std::string header(kSegmentHeaderBytes, '\0');
  save(header.data(), kMagic);
  save(header.data() + 8, salt_);
  save(header.data() + 16, first_sequence);
  save(header.data() + 24, checksum(salt_, kMagic, std::string_view(header).substr(0, 24)));
  if (auto written = write_all(file, header, 0); !written) {
    ::close(file);
    ::unlink(name.c_str());
    return written;
  }
  file_ = file;
  size_ = kSegmentHeaderBytes;
  last_sequence_ = 0;
  sync_folder();
  return {};
}

void WriteLog::sync_folder() const {
  const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

void WriteLog::end_segment() {
  if (file_ < 0) return;
  ::close(file_);
  file_ = -1;
  full_.push_back({.number = number_, .last_sequence = last_sequence_, .size = size_});
}

std::expected<void, int> WriteLog::append(std::uint64_t sequence, std::string_view payload) {
  if (file_ >= 0 && (size_ > kSegmentBytes || (!prepared_ && size_ > kGrownBytesMax && has_spare()))) end_segment();
  if (file_ < 0) {
    if (auto begun = begin_segment(sequence); !begun) return begun;
  }
  frame_.assign(kHeaderBytes, '\0');
  append_packed(frame_, payload);
  save(frame_.data(), frame_.size() - kHeaderBytes);
  save(frame_.data() + 8, sequence);
  save(frame_.data() + 16, checksum(salt_, sequence, std::string_view(frame_).substr(kHeaderBytes)));
  auto written = write_all(file_, frame_, size_);
  if (written && ::fdatasync(file_) != 0) written = std::unexpected(errno);
  if (!written) {
    // Whoever waits is told that nothing happened, so the frame must not come back after a crash.
    const std::string zeros(kHeaderBytes, '\0');
    if (write_all(file_, zeros, size_)) ::fdatasync(file_);
    const bool unused = last_sequence_ == 0;
    end_segment();
    if (unused) {
      // A long outage must not leave a file for each of its tries.
      ::unlink(path(full_.back().number).c_str());
      full_.pop_back();
    }
    return written;
  }
  size_ += frame_.size();
  last_sequence_ = sequence;
  return {};
}

void WriteLog::release(std::uint64_t sequence) {
  while (!full_.empty() && full_.front().last_sequence <= sequence) {
    const std::string name = path(full_.front().number);
    const std::lock_guard lock(mutex_);
    if (full_.front().size > kSegmentBytes && spares_.size() < kSparesMax) {
      spares_.push_back(name);
    } else {
      ::unlink(name.c_str());
    }
    full_.pop_front();
  }
}

}  // namespace dialtone::store
