#pragma once
// A fast hash of bytes, two words per multiplication (the idea of wyhash). Not for secrets.

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace dialtone {

std::uint64_t make_hash_seed();

inline std::uint64_t hash_mix(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed, std::uint64_t number = 0) {
  constexpr std::uint64_t kA = 0xa0761d6478bd642f;
  constexpr std::uint64_t kB = 0xe7037ed1a0b428db;
  const auto word = [](const char* from) {
    std::uint64_t value = 0;
    std::memcpy(&value, from, sizeof(value));
    return value;
  };
  std::uint64_t hash = hash_mix(seed ^ kA, number ^ kB) ^ bytes.size();
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 16; at += 16, left -= 16) hash = hash_mix(word(at) ^ kA, word(at + 8) ^ kB ^ hash) + hash;
  std::array<char, 16> tail{};
  if (left > 0) std::memcpy(tail.data(), at, left);
  return hash_mix(word(tail.data()) ^ kA ^ hash, word(tail.data() + 8) ^ kB ^ left);
}

/// Different in each run, so that nobody outside can prepare texts that fall together. Also before main().
inline std::uint64_t hash_seed() {
  static const std::uint64_t seed = make_hash_seed();
  return seed;
}

/// For tables that are asked with a view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return hash_bytes(text, hash_seed()); }
};

}  // namespace dialtone
