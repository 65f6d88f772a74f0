#include "base/hash.hpp"

#include <random>

namespace dialtone {

std::uint64_t make_hash_seed() {
  std::random_device random;
  return static_cast<std::uint64_t>(random()) << 32 | random();
}

}  // namespace dialtone
