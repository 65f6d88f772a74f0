#include "functions/assets.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <ctime>
#include <optional>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "net/text.hpp"

namespace dialtone::functions {
namespace {

constexpr std::size_t kAssetBytesMax = 25 * 1024 * 1024;  ///< a build takes no larger one

class File {
 public:
  explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] std::optional<struct stat> info() const {
    struct stat out{};
    if (fd_ < 0 || ::fstat(fd_, &out) != 0 || !S_ISREG(out.st_mode)) return std::nullopt;
    return out;
  }
  /// The bytes from `begin` on; nothing when the file is shorter than it was.
  [[nodiscard]] std::optional<std::string> read(std::size_t begin, std::size_t size) const {
    std::string out(size, '\0');
    std::size_t done = 0;
    while (done < size) {
      const auto n = ::pread(fd_, out.data() + done, size - done, static_cast<off_t>(begin + done));
      if (n <= 0) return std::nullopt;
      done += static_cast<std::size_t>(n);
    }
    return out;
  }

 private:
  int fd_;
};

/// Does a list of entity tags hold this one? Weak and strong ones are the same for a GET.
bool lists(std::string_view list, std::string_view tag) {
  bool found = false;
  net::for_each_token(list, [&](std::string_view each) {
    if (each.starts_with("W/")) each.remove_prefix(2);
    found = found || each == "*" || each == tag;
  });
  return found;
}

struct Range {
  std::size_t begin = 0;
  std::size_t size = 0;
};
enum class RangeKind : std::uint8_t { kWhole, kPart, kOutside };

std::optional<std::size_t> number(std::string_view text) {
  std::size_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

/// Reads `bytes=0-499`, `bytes=500-` and `bytes=-500`. Several ranges at once and what is no range mean the whole.
RangeKind parse_range(std::string_view header, std::size_t size, Range& out) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit) || header.contains(',')) return RangeKind::kWhole;
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return RangeKind::kWhole;
  const auto first = header.substr(0, dash);
  const auto last = header.substr(dash + 1);
  if (first.empty()) {
    const auto suffix = number(last);
    if (!suffix) return RangeKind::kWhole;
    if (*suffix == 0 || size == 0) return RangeKind::kOutside;
    out.size = std::min(*suffix, size);
    out.begin = size - out.size;
    return RangeKind::kPart;
  }
  const auto begin = number(first);
  const auto end = last.empty() ? std::optional(size - 1) : number(last);
  if (!begin || !end || (!last.empty() && *end < *begin)) return RangeKind::kWhole;
  if (*begin >= size) return RangeKind::kOutside;
  out.begin = *begin;
  out.size = std::min(*end, size - 1) - *begin + 1;
  return RangeKind::kPart;
}

std::string http_date(std::time_t time) { return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(time)); }

/// The client has it already. If-None-Match says more than a date, so the date is looked at without one only.
bool is_known(const net::Request& request, std::string_view tag, std::string_view modified) {
  if (request.headers.has("If-None-Match")) return lists(request.header("If-None-Match"), tag);
  return request.header("If-Modified-Since") == modified;
}

}  // namespace

net::Response serve_asset(const net::Request& request, const Bundle& bundle, const Route& route) {
  const File file(fmt::format("{}/{}", bundle.folder, route.file));
  const auto info = file.info();
  const auto missing = [] { return net::Response::text(404, "Could not find requested resource", "text/plain"); };
  if (!info || static_cast<std::size_t>(info->st_size) > kAssetBytesMax) return missing();
  const auto size = static_cast<std::size_t>(info->st_size);
  const std::string tag = fmt::format("\"{}\"", route.version_sid);
  const std::string modified = http_date(info->st_mtime);
  net::Response response;
  response.header("ETag", tag).header("Last-Modified", modified).header("Accept-Ranges", "bytes");
  // It may be another file after the next deployment, so it is asked for each time; mostly the answer is 304.
  response.header("Cache-Control",
                  route.visibility == Visibility::kPublic ? "public, max-age=0, must-revalidate" : "private, no-cache");
  if (is_known(request, tag, modified)) {
    response.status = 304;
    return response;
  }
  response.header("Content-Type", route.content_type.empty() ? "application/octet-stream" : route.content_type);
  Range range{.begin = 0, .size = size};
  const bool same = !request.headers.has("If-Range") || request.header("If-Range") == tag;
  const auto kind = same ? parse_range(request.header("Range"), size, range) : RangeKind::kWhole;
  if (kind == RangeKind::kOutside) {
    response.status = 416;
    response.header("Content-Range", fmt::format("bytes */{}", size));
    return response;
  }
  if (kind == RangeKind::kPart) {
    response.status = 206;
    response.header("Content-Range", fmt::format("bytes {}-{}/{}", range.begin, range.begin + range.size - 1, size));
  }
  auto body = file.read(range.begin, range.size);
  if (!body) return missing();
  response.body = *std::move(body);
  return response;
}

net::Response asset_options() {
  net::Response response;
  response.status = 204;
  response.header("Access-Control-Allow-Origin", "*")
      .header("Access-Control-Allow-Headers",
              "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, "
              "User-Agent")
      .header("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
      .header("Access-Control-Expose-Headers", "ETag")
      .header("Access-Control-Max-Age", "86400")
      .header("Access-Control-Allow-Credentials", "true")
      .header("Content-Type", "text/plain; charset=UTF-8");
  return response;
}

}  // namespace dialtone::functions
