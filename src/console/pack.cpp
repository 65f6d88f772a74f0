#include "console/pack.hpp"

#include <charconv>
#include <stdexcept>

#include <zlib.h>

// Made by the linker from the file `console.pack`.
extern "C" const char _binary_console_pack_start[];  // NOLINT(bugprone-reserved-identifier)
extern "C" const char _binary_console_pack_end[];    // NOLINT(bugprone-reserved-identifier)

namespace dialtone::console {
namespace {

std::string_view take(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  if (at == std::string_view::npos) throw std::runtime_error("the console's files are damaged");
  const std::string_view out = text.substr(0, at);
  text.remove_prefix(at + 1);
  return out;
}

}  // namespace

Pack::Pack(std::string_view bytes) {
  const std::size_t blank = bytes.find("\n\n");
  if (blank == std::string_view::npos) throw std::runtime_error("the console's files are damaged");
  std::string_view index = bytes.substr(0, blank + 1);
  std::string_view rest = bytes.substr(blank + 2);
  while (!index.empty()) {
    std::string_view line = take(index, '\n');
    const std::string_view path = take(line, '\t');
    File file;
    file.type = take(line, '\t');
    file.etag = take(line, '\t');
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size);
    if (error != std::errc{} || end != line.data() + line.size() || size > rest.size())
      throw std::runtime_error("the console's files are damaged");
    file.gzip = rest.substr(0, size);
    rest.remove_prefix(size);
    files_.emplace(path, file);
  }
}

const Pack& Pack::linked() {
  static const Pack pack(
      {_binary_console_pack_start, static_cast<std::size_t>(_binary_console_pack_end - _binary_console_pack_start)});
  return pack;
}

const File* Pack::find(std::string_view path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

std::string gunzip(std::string_view bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::bad_alloc();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int state = Z_OK;
  while (state == Z_OK) {
    const std::size_t filled = out.size();
    out.resize(filled + std::max<std::size_t>(bytes.size() * 4, 4096));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
    stream.avail_out = static_cast<uInt>(out.size() - filled);
    state = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) throw std::runtime_error("the console's files are damaged");
  return out;
}

}  // namespace dialtone::console
