#pragma once
// The write-ahead log: where a commit becomes durable. Batches are appended as frames to segment files (DIR/log.N), one
// fdatasync each; the database follows later and off the commit path. When all frames of a segment have reached the
// database its file is written over as the newest segment. Under load the first such files are made ahead, full of
// zeros, so that the file system has no blocks to allocate and no metadata to sync while somebody waits.
//
// Frames are packed (pack.hpp); those of segments that an earlier version left are not.
//
// A frame is valid when its checksum, seeded with the segment's random salt, and its sequence number fit. A failed
// append is wiped and the next one begins a new segment, whose first sequence number overrules what the older segment
// may hold.

#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace dialtone::store {

class WriteLog {
 public:
  static constexpr std::size_t kSegmentBytes = 4 << 20;  ///< of one made ahead; a segment ends once it is longer

  explicit WriteLog(std::string folder) : folder_(std::move(folder)) {}
  ~WriteLog();
  WriteLog(const WriteLog&) = delete;
  WriteLog& operator=(const WriteLog&) = delete;

  /// Finds torn writes.
  static std::uint64_t checksum(std::uint64_t salt, std::uint64_t sequence, std::string_view bytes);

  /// Calls `apply` with every frame of an earlier run whose sequence is above `placed`, in order. Throws on a read
  /// error.
  void replay(std::uint64_t placed, const std::function<void(std::uint64_t sequence, std::string_view payload)>& apply);
  /// Forgets all segments of earlier runs, whose frames are now placed.
  void clear();

  /// Makes the frame durable. Error: errno; then nothing was appended.
  std::expected<void, int> append(std::uint64_t sequence, std::string_view payload);
  /// The frames up to `sequence` are in the database for good; their segments may be written over.
  void release(std::uint64_t sequence);
  /// Makes a file ahead unless there is one. On any thread, since it takes milliseconds.
  void prepare();

 private:
  struct Segment {
    std::uint64_t number = 0;
    std::uint64_t last_sequence = 0;
    std::size_t size = 0;
  };

  [[nodiscard]] std::string path(std::uint64_t number) const;
  [[nodiscard]] std::vector<std::uint64_t> numbers_on_disk() const;
  [[nodiscard]] bool has_spare();
  std::expected<void, int> begin_segment(std::uint64_t first_sequence);
  void end_segment();
  void sync_folder() const;

  std::string folder_;
  int file_ = -1;
  std::uint64_t number_ = 0;  ///< of the newest segment
  std::uint64_t salt_ = 0;
  std::uint64_t last_sequence_ = 0;
  std::size_t size_ = 0;  ///< where the next frame goes
  std::string frame_;
  std::deque<Segment> full_;  ///< ended, not yet released; oldest first
  bool prepared_ = false;     ///< the newest segment was written over

  std::mutex mutex_;
  std::vector<std::string> spares_;  ///< paths of files to be written over
  std::uint64_t made_ahead_ = 0;
};

}  // namespace dialtone::store
