#include "announce.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "base/json.hpp"

namespace dialtone::app {
namespace {

constexpr ErrorRow kFolder{0, 0, "the runtime folder cannot be used"};

}  // namespace

Result<std::filesystem::path> runtime_folder() {
  const char* base = std::getenv("XDG_RUNTIME_DIR");
  std::filesystem::path folder = base && *base ? std::filesystem::path(base) / "dialtone"
                                               : std::filesystem::path(fmt::format("/tmp/dialtone-{}", ::getuid()));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail({kFolder, fmt::format("{} cannot be made: {}", folder.string(), std::strerror(errno))});
  }
  struct stat info{};
  if (::lstat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != ::getuid() ||
      (info.st_mode & 077) != 0) {
    return fail({kFolder, fmt::format("{} is not a folder of this user's alone", folder.string())});
  }
  return folder;
}

std::filesystem::path announcement_in(const std::filesystem::path& data_folder) { return data_folder / "server.json"; }

Result<std::filesystem::path> announcement_of_port(std::uint16_t port) {
  DT_TRY(const auto folder, runtime_folder());
  return folder / fmt::format("{}.json", port);
}

std::string render(const Announcement& a) {
  return wire_json({{"port", a.port},
                    {"pid", a.pid},
                    {"account_sid", a.account_sid},
                    {"auth_token", a.auth_token},
                    {"number", a.number},
                    {"handset", a.handset},
                    {"test_account_sid", a.test_sid},
                    {"test_auth_token", a.test_token},
                    {"host", a.host},
                    {"lease", a.lease},
                    {"ca_file", a.ca_file},
                    {"bundle_file", a.bundle_file}});
}

Result<> write(const std::filesystem::path& file, const Announcement& a) {
  const std::string text = render(a);
  const std::string draft = fmt::format("{}.{}", file.string(), ::getpid());
  const int fd = ::open(draft.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return fail({kFolder, fmt::format("{}: {}", draft, std::strerror(errno))});
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  if (!written || ::rename(draft.c_str(), file.c_str()) != 0) {
    ::unlink(draft.c_str());
    return fail({kFolder, fmt::format("{} cannot be written", file.string())});
  }
  return {};
}

std::optional<Announcement> read(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return std::nullopt;
  std::stringstream text;
  text << in.rdbuf();
  const auto value = parse_json(text.str());
  if (!value || !value->is_object()) return std::nullopt;
  const json::object& o = value->get_object();
  const auto field = [&](std::string_view name) { return std::string(text_of(o, name)); };
  const json::value* port = o.if_contains("port");
  const json::value* pid = o.if_contains("pid");
  if (!port || !port->is_int64() || !pid || !pid->is_int64()) return std::nullopt;
  return Announcement{.port = static_cast<std::uint16_t>(port->get_int64()),
                      .pid = static_cast<int>(pid->get_int64()),
                      .account_sid = field("account_sid"),
                      .auth_token = field("auth_token"),
                      .number = field("number"),
                      .handset = field("handset"),
                      .test_sid = field("test_account_sid"),
                      .test_token = field("test_auth_token"),
                      .host = field("host").empty() ? "127.0.0.1" : field("host"),
                      .lease = field("lease"),
                      .ca_file = field("ca_file"),
                      .bundle_file = field("bundle_file")};
}

std::string url_of(const Announcement& a) {
  return fmt::format(fmt::runtime(a.host.find(':') == std::string::npos ? "http://{}:{}" : "http://[{}]:{}"), a.host,
                     a.port);
}

bool is_alive(const Announcement& announcement) {
  using boost::asio::ip::tcp;
  boost::asio::io_context io;
  tcp::socket socket(io);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(announcement.host, error);
  if (error) return false;
  socket.connect({address, announcement.port}, error);
  if (error) return false;
  timeval limit{.tv_sec = 2, .tv_usec = 0};
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  boost::asio::write(socket,
                     boost::asio::buffer(std::string_view(
                         "GET /_dialtone/v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")),
                     error);
  std::string answer;
  boost::asio::read(socket, boost::asio::dynamic_buffer(answer, 64 * 1024), error);
  // The port may have gone to another server of ours since.
  return answer.starts_with("HTTP/1.1 200") &&
         answer.find(fmt::format("\"pid\": {},", announcement.pid)) != std::string::npos;
}

}  // namespace dialtone::app
