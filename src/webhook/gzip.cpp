#include "webhook/gzip.hpp"

#include <array>
#include <memory>

#include <zlib.h>

namespace dialtone::webhook {

std::optional<Unzipped> unzip(std::string_view bytes, std::size_t bytes_max) {
  constexpr int kGzipOrZlib = MAX_WBITS + 32;
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOrZlib) != Z_OK) return {};
  const std::unique_ptr<z_stream, int (*)(z_stream*)> owner(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it
  stream.avail_in = static_cast<uInt>(bytes.size());

  Unzipped out;
  std::array<char, 16 * 1024> chunk;
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = chunk.size();
    const int state = inflate(&stream, Z_NO_FLUSH);
    const std::size_t made = chunk.size() - stream.avail_out;
    const std::size_t kept = std::min(made, bytes_max - out.text.size());
    out.text.append(chunk.data(), kept);
    if (kept < made) {
      out.truncated = true;
      return out;
    }
    if (state == Z_STREAM_END) return out;
    if (state == Z_BUF_ERROR || (state == Z_OK && made == 0 && stream.avail_in == 0)) {
      out.truncated = true;
      return out;
    }
    if (state != Z_OK) return {};
  }
}

}  // namespace dialtone::webhook
