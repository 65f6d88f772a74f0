#include "base/sid.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/rand.h>

namespace dialtone {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kTimeDigits = 12;  ///< milliseconds, in hexadecimal
constexpr std::int64_t kMillisecondsMax = (std::int64_t{1} << (4 * kTimeDigits)) - 1;

/// Random bytes by the block: one call to the generator serves many identifiers.
void random_bytes(unsigned char* out, std::size_t count) {
  thread_local std::array<unsigned char, 4096> block;
  thread_local std::size_t used = block.size();
  if (count > block.size()) throw std::length_error("random_bytes");
  if (used + count > block.size()) {
    if (RAND_bytes(block.data(), static_cast<int>(block.size())) != 1) throw std::runtime_error("no randomness");
    used = 0;
  }
  std::memcpy(out, block.data() + used, count);
  std::memset(block.data() + used, 0, count);
  used += count;
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

void append_hex(std::string& out, const unsigned char* bytes, std::size_t count) {
  const std::size_t before = out.size();
  out.resize_and_overwrite(before + 2 * count, [&](char* to, std::size_t) {
    to += before;
    for (std::size_t i = 0; i < count; ++i) {
      *to++ = kHex[bytes[i] >> 4];
      *to++ = kHex[bytes[i] & 15];
    }
    return before + 2 * count;
  });
}

}  // namespace

bool is_sid(std::string_view text) {
  if (text.size() != kSidLength) return false;
  if (text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z') return false;
  for (std::size_t i = 2; i < kSidLength; ++i) {
    if (!is_hex(text[i])) return false;
  }
  return true;
}

bool is_sid(std::string_view text, std::string_view prefix) { return text.starts_with(prefix) && is_sid(text); }

std::optional<TimePoint> time_of_sid(std::string_view sid) {
  if (!is_sid(sid)) return std::nullopt;
  std::uint64_t milliseconds = 0;
  std::from_chars(sid.data() + 2, sid.data() + 2 + kTimeDigits, milliseconds, 16);
  return TimePoint(std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds)));
}

std::string first_sid_of(TimePoint time) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
  return fmt::format("AA{:0{}x}{:0{}}", static_cast<std::uint64_t>(std::clamp<std::int64_t>(ms, 0, kMillisecondsMax)),
                     kTimeDigits, 0, kSidLength - 2 - kTimeDigits);
}

std::string SidSource::make(std::string_view prefix) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now().time_since_epoch()).count();
  last_ = std::max(last_ + 1, static_cast<std::uint64_t>(ms) << 16);
  std::string sid(prefix);
  sid.reserve(kSidLength);
  std::array<unsigned char, 16> bytes;
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(last_ >> (56 - 8 * i));
  random_bytes(bytes.data() + 8, 8);
  append_hex(sid, bytes.data(), bytes.size());
  return sid;
}

std::string random_hex(std::size_t bytes) {
  std::array<unsigned char, 64> buffer;
  std::string out;
  while (bytes > 0) {
    const std::size_t count = std::min(bytes, buffer.size());
    random_bytes(buffer.data(), count);
    append_hex(out, buffer.data(), count);
    bytes -= count;
  }
  return out;
}

std::string random_uuid() {
  std::array<unsigned char, 16> bytes;
  random_bytes(bytes.data(), bytes.size());
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  std::string out;
  out.reserve(36);
  const unsigned char* at = bytes.data();
  for (const std::size_t part : {4, 2, 2, 2, 6}) {
    if (!out.empty()) out += '-';
    append_hex(out, at, part);
    at += part;
  }
  return out;
}

}  // namespace dialtone
