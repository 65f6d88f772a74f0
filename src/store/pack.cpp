#include "store/pack.hpp"

#include <limits>
#include <memory>
#include <stdexcept>

#include <lz4.h>

#include "store/codec.hpp"

namespace dialtone::store {
namespace {

constexpr std::size_t kRatioMax = 256;  ///< the format cannot do better

struct FreeStream {
  void operator()(LZ4_stream_t* stream) const { LZ4_freeStream(stream); }
};

/// LZ4's table of this thread, as if it were empty. Clearing its 16 KiB for each block would cost more than most
/// blocks.
LZ4_stream_t* empty_table() {
  thread_local const std::unique_ptr<LZ4_stream_t, FreeStream> stream(LZ4_createStream());
  if (!stream) throw std::bad_alloc();
  LZ4_resetStream_fast(stream.get());
  return stream.get();
}

}  // namespace

void append_packed(std::string& out, std::string_view plain) {
  if (plain.size() > LZ4_MAX_INPUT_SIZE) throw std::runtime_error("store: too much to be packed at once");
  Encoder(out).number(plain.size());
  const auto begin = out.size();
  const int bound = LZ4_compressBound(static_cast<int>(plain.size()));
  auto* table = empty_table();
  out.resize_and_overwrite(begin + static_cast<std::size_t>(bound), [&](char* all, std::size_t) {
    const int size =
        LZ4_compress_fast_continue(table, plain.data(), all + begin, static_cast<int>(plain.size()), bound, 1);
    return begin + static_cast<std::size_t>(size);
  });
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
