#pragma once
// The newest journal entries in memory, encoded as they were written: all that are not yet in the database, and some
// more because those who follow the journal ask for what just happened.

#include <cstdint>
#include <deque>

#include "store/codec.hpp"
#include "store/generation.hpp"

namespace dialtone::store {

class JournalTail {
 public:
  void add(std::uint64_t sequence, JournalBlock block) {
    if (block.last < block.first) return;
    bytes_ += block.bytes->size();
    blocks_.push_back({sequence, std::move(block)});
  }

  /// All batches up to `sequence` are in the database. What this lets go is gone when settle() says so.
  void placed(std::uint64_t sequence) { placed_ = sequence; }

  /// Lets go of at most `count` blocks; false when all is done.
  bool settle(std::size_t count) {
    const auto has_more = [this] {
      return !blocks_.empty() && blocks_.front().sequence <= placed_ && bytes_ > kBytesMax;
    };
    for (; count > 0 && has_more(); --count) {
      bytes_ -= blocks_.front().block.bytes->size();
      blocks_.pop_front();
    }
    return has_more();
  }

  /// True when every entry after `position` is here.
  [[nodiscard]] bool covers(std::uint64_t position) const {
    return !blocks_.empty() && blocks_.front().block.first <= position + 1;
  }

  /// Appends entries with position > after, until `out` has `limit`.
  void read(std::uint64_t after, std::size_t limit, std::vector<JournalEntry>& out) const {
    const auto begin = std::ranges::partition_point(blocks_, [&](const auto& b) { return b.block.last <= after; });
    for (auto at = begin; at != blocks_.end() && out.size() < limit; ++at) {
      Decoder in(*at->block.bytes);
      for (auto position = at->block.first; position <= at->block.last && out.size() < limit; ++position) {
        const EntryView entry = decode_entry(in, position);
        if (position > after) out.push_back(copy_of(entry));
      }
    }
  }

 private:
  static constexpr std::size_t kBytesMax = 1 << 20;  ///< kept although the database has them

  struct Numbered {
    std::uint64_t sequence;
    JournalBlock block;
  };
  std::uint64_t placed_ = 0;
  std::deque<Numbered> blocks_;
  std::size_t bytes_ = 0;
};

}  // namespace dialtone::store
