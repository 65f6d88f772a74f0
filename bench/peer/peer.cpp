// The other side of the SMS benchmarks, cheap enough not to be what is measured: one thread, raw epoll.
//
//   dt_peer http    answers every request with 204, as an application does to a status callback
//   dt_peer smpp    an SMS centre: takes binds and submit_sm (SMPP 3.4), acknowledges each
//
// Prints its port. Each line on stdin is answered with the number of requests, or messages, so far; the end of stdin
// ends the program.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

namespace {

std::uint64_t taken = 0;

/// Takes whole messages off the front of `in` and appends the answers to `out`.
using Protocol = void (*)(std::string& in, std::string& out);

void http(std::string& in, std::string& out) {
  std::string_view rest = in;
  for (auto end = rest.find("\r\n\r\n"); end != std::string_view::npos; end = rest.find("\r\n\r\n")) {
    const auto head = rest.substr(0, end);
    std::size_t length = 0;
    if (const auto at = head.find("Content-Length: "); at != std::string_view::npos) {
      std::from_chars(head.data() + at + 16, head.data() + head.size(), length);
    }
    if (rest.size() < end + 4 + length) break;
    rest.remove_prefix(end + 4 + length);
    ++taken;
    out += "HTTP/1.1 204 No Content\r\n\r\n";
  }
  in.erase(0, in.size() - rest.size());
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return ntohl(value);
}

void smpp(std::string& in, std::string& out) {
  constexpr std::size_t kHead = 16;
  constexpr std::uint32_t kUnbind = 6;
  constexpr std::uint32_t kSubmit = 4;
  constexpr std::uint32_t kEnquireLink = 21;
  constexpr std::uint32_t kResponse = 0x80000000;
  std::string_view rest = in;
  while (rest.size() >= kHead) {
    const auto length = number_at(rest, 0);
    if (length < kHead || rest.size() < length) break;
    const auto command = number_at(rest, 4);
    const auto sequence = number_at(rest, 12);
    rest.remove_prefix(length);
    if (command & kResponse) continue;
    std::string body;
    if (command == kSubmit) {
      body = fmt::format("{:x}", ++taken) + '\0';  // message_id
    } else if (command != kUnbind && command != kEnquireLink) {
      body = std::string("peer") + '\0';  // system_id, to a bind
    }
    for (const std::uint32_t value :
         {static_cast<std::uint32_t>(kHead + body.size()), command | kResponse, 0U, sequence}) {
      const auto wire = htonl(value);
      out.append(reinterpret_cast<const char*>(&wire), sizeof wire);
    }
    out += body;
  }
  in.erase(0, in.size() - rest.size());
}

struct Connection {
  int file = -1;
  std::string in;
  ~Connection() { ::close(file); }
};

/// False when the peer has gone.
bool serve(Connection& connection, Protocol protocol) {
  char piece[64 << 10];
  while (true) {
    const auto got = ::recv(connection.file, piece, sizeof piece, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) return false;
    if (got < 0) break;
    connection.in.append(piece, static_cast<std::size_t>(got));
    if (static_cast<std::size_t>(got) < sizeof piece) break;
  }
  std::string out;
  protocol(connection.in, out);
  std::string_view rest = out;
  while (!rest.empty()) {  // blocks when the peer does not read; its answers are small
    const auto sent = ::send(connection.file, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc > 1 ? argv[1] : "";
  if (kind != "http" && kind != "smpp") {
    std::fputs("dt_peer http|smpp\n", stderr);
    return 2;
  }
  const Protocol protocol = kind == "http" ? http : smpp;

  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener, 512) != 0) return 1;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  std::printf("%u\n", ntohs(address.sin_port));
  std::fflush(stdout);

  const int epoll = ::epoll_create1(0);
  const auto watch = [&](int file) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = file}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, file, &event);
  };
  watch(listener);
  watch(STDIN_FILENO);
  std::unordered_map<int, std::unique_ptr<Connection>> connections;
  while (true) {
    epoll_event events[64];
    const int count = ::epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < count; ++i) {
      const int file = events[i].data.fd;
      if (file == STDIN_FILENO) {
        char line[256];
        if (::read(STDIN_FILENO, line, sizeof line) <= 0) return 0;
        std::printf("%llu\n", static_cast<unsigned long long>(taken));
        std::fflush(stdout);
      } else if (file == listener) {
        auto connection = std::make_unique<Connection>();
        connection->file = ::accept(listener, nullptr, nullptr);
        const int on = 1;
        ::setsockopt(connection->file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(connection->file);
        connections[connection->file] = std::move(connection);
      } else if (const auto found = connections.find(file);
                 found != connections.end() && !serve(*found->second, protocol)) {
        connections.erase(found);
      }
    }
  }
}
