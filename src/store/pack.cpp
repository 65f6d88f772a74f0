#include "store/pack.hpp"

#include <limits>
#include <stdexcept>

#include <lz4.h>

#include "store/codec.hpp"

namespace dialtone::store {
namespace {

constexpr std::size_t kRatioMax = 256;  ///< the format cannot do better

}  // namespace

void append_packed(std::string& out, std::string_view plain) {
  if (plain.size() > LZ4_MAX_INPUT_SIZE) throw std::runtime_error("store: too much to be packed at once");
  Encoder(out).number(plain.size());
  const auto begin = out.size();
  const int bound = LZ4_compressBound(static_cast<int>(plain.size()));
  out.resize(begin + static_cast<std::size_t>(bound));
  const int size = LZ4_compress_default(plain.data(), out.data() + begin, static_cast<int>(plain.size()), bound);
  out.resize(begin + static_cast<std::size_t>(size));
}

std::string unpack(std::string_view packed) {
  Decoder in(packed);
  const auto size = in.number();
  const std::string_view block = in.rest();
  if (block.size() > std::numeric_limits<int>::max() || size > (block.size() + 1) * kRatioMax)
    throw std::runtime_error("store: packed bytes on disk are damaged");
  std::string plain(size, '\0');
  const int found =
      LZ4_decompress_safe(block.data(), plain.data(), static_cast<int>(block.size()), static_cast<int>(size));
  if (found < 0 || static_cast<std::uint64_t>(found) != size)
    throw std::runtime_error("store: packed bytes on disk are damaged");
  return plain;
}

}  // namespace dialtone::store
