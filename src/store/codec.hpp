#pragma once
// The compact binary form of what the store writes: numbers as little groups of seven bits, texts with their length.

#include <array>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.hpp"

namespace dialtone::store {

class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) {}

  void number(std::uint64_t value) {
    if (value < 0x80) {
      out_.push_back(static_cast<char>(value));
      return;
    }
    std::array<char, kNumberBytesMax> digits;
    out_.append(digits.data(), write(digits.data(), value));
  }
  void text(std::string_view value) { texts({value}); }
  /// Several in a row.
  void texts(std::initializer_list<std::string_view> values) {
    std::size_t most = 0;
    for (const auto value : values) most += kNumberBytesMax + value.size();
    const auto before = out_.size();
    out_.resize_and_overwrite(before + most, [&](char* all, std::size_t) {
      char* to = all + before;
      for (const auto value : values) {
        to = write(to, value.size());
        if (!value.empty()) std::memcpy(to, value.data(), value.size());
        to += value.size();
      }
      return static_cast<std::size_t>(to - all);
    });
  }
  void time(TimePoint value) { number(static_cast<std::uint64_t>(value.time_since_epoch().count())); }
  void bytes(std::string_view value) { out_.append(value); }

 private:
  static constexpr std::size_t kNumberBytesMax = 10;

  static char* write(char* to, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
    *to++ = static_cast<char>(value);
    return to;
  }

  std::string& out_;
};

/// Throws std::runtime_error when the bytes are not what an Encoder wrote.
class Decoder {
 public:
  explicit Decoder(std::string_view in) : in_(in) {}

  [[nodiscard]] bool at_end() const { return in_.empty(); }
  [[nodiscard]] std::string_view rest() const { return in_; }
  std::uint64_t number() {
    if (!in_.empty() && static_cast<unsigned char>(in_.front()) < 0x80) {  // nearly all
      const auto value = static_cast<unsigned char>(in_.front());
      in_.remove_prefix(1);
      return value;
    }
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (in_.empty()) break;
      const auto byte = static_cast<unsigned char>(in_.front());
      in_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw std::runtime_error("store: a number on disk is damaged");
  }
  std::string_view text() {
    const auto size = number();
    if (size > in_.size()) throw std::runtime_error("store: a text on disk is damaged");
    const auto value = in_.substr(0, size);
    in_.remove_prefix(size);
    return value;
  }
  TimePoint time() { return TimePoint(Duration(static_cast<std::int64_t>(number()))); }

 private:
  std::string_view in_;
};

void encode(Encoder& out, const EntryView& entry);  ///< without its position
EntryView decode_entry(Decoder& in, std::uint64_t position);
[[nodiscard]] JournalEntry copy_of(const EntryView& entry);
void encode(Encoder& out, const OutboxRow& row);
OutboxRow decode_row(Decoder& in);
void encode(Encoder& out, std::span<const Term> terms);
std::vector<Term> decode_terms(Decoder& in);

/// A record's value, where it lies, and its terms.
struct RecordView {
  std::string_view value;
  std::string_view terms;  ///< encoded
};
RecordView decode_record(std::string_view record);
RecordPtr make_record(std::string_view id, std::string_view encoded);

void encode_put(Encoder& out, std::string_view scope, std::string_view id, std::string_view value,
                std::span<const Term> terms);
void encode_erase(Encoder& out, std::string_view scope, std::string_view id);
void encode_erase_tree(Encoder& out, std::string_view path);

/// All that a transaction changes, its journal entries excepted. `row` ids are already given.
void encode_changes(Encoder& out, const Transaction& transaction);

/// Goes through what encode_changes() wrote, several in a row, and shows it where it lies.
class ChangeReader {
 public:
  enum class Kind : std::uint8_t { kPut = 1, kErase = 2, kEraseTree = 3, kRow = 4, kDone = 5 };

  explicit ChangeReader(std::string_view bytes) : in_(bytes) {}
  /// False at the end. Throws std::runtime_error when the bytes are damaged.
  bool next();

  Kind kind = Kind::kPut;
  std::string_view scope;    ///< of a record; of a tree its path
  std::string_view id;       ///< of a record
  std::string_view record;   ///< that is put: its value and terms, see decode_record()
  std::uint64_t row_id = 0;  ///< of an outbox row
  std::string_view row;      ///< a row that is added, encoded

 private:
  std::string_view from(std::string_view begin) const { return begin.substr(0, begin.size() - in_.rest().size()); }

  Decoder in_;
};
/// Reads back several encode_changes() in a row, until the end.
Transaction decode_changes(std::string_view bytes);

}  // namespace dialtone::store
