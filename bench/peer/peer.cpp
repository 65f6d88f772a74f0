// The other side of the SMS benchmarks, cheap enough not to be what is measured: one thread, raw epoll.
//
//   dt_peer http    answers every request with 204, as an application does to a status callback
//   dt_peer smpp    an SMS centre: takes binds and submit_sm (SMPP 3.4), acknowledges each, and reports each as
//   delivered if asked to
//
// Prints its port. Each line on stdin is answered with the number of requests, or messages, so far; the end of stdin
// ends the program.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
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

constexpr std::size_t kHead = 16;

void append_pdu(std::string& out, std::uint32_t command, std::uint32_t sequence, std::string_view body) {
  for (const std::uint32_t value : {static_cast<std::uint32_t>(kHead + body.size()), command, 0U, sequence}) {
    const auto wire = htonl(value);
    out.append(reinterpret_cast<const char*>(&wire), sizeof wire);
  }
  out += body;
}

/// The body of a submit_sm as far as a delivery receipt needs it.
struct Submitted {
  std::string_view from, to;  ///< with their type and plan before them
  bool wants_receipt = false;

  explicit Submitted(std::string_view body) {
    const auto text = [&](std::size_t before) {
      const auto all = body.substr(0, body.find('\0', before));
      body.remove_prefix(std::min(all.size() + 1, body.size()));
      return all;
    };
    text(0);  // service_type
    from = text(2);
    to = text(2);
    text(3);  // esm_class, protocol_id, priority_flag, schedule_delivery_time
    text(0);  // validity_period
    wants_receipt = !body.empty() && (body[0] & 1) != 0;
  }
};

std::string receipt(const Submitted& submitted, std::string_view id) {
  const std::string text =
      fmt::format("id:{} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:DELIVRD err:000 text:", id);
  std::string body(1, '\0');  // service_type
  body.append(submitted.to) += '\0';
  body.append(submitted.from) += '\0';
  body += '\4';          // esm_class: a receipt
  body.append(8, '\0');  // protocol_id to sm_default_msg_id
  body += static_cast<char>(text.size());
  return body + text;
}

void smpp(std::string& in, std::string& out) {
  constexpr std::uint32_t kDeliver = 5;
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
    const auto pdu = rest.substr(kHead, length - kHead);
    rest.remove_prefix(length);
    if (command & kResponse) continue;
    if (command == kSubmit) {
      const auto id = fmt::format("{:x}", ++taken);
      append_pdu(out, kSubmit | kResponse, sequence, id + '\0');
      if (const Submitted submitted(pdu); submitted.wants_receipt) {
        append_pdu(out, kDeliver, static_cast<std::uint32_t>(taken), receipt(submitted, id));
      }
    } else if (command == kUnbind || command == kEnquireLink) {
      append_pdu(out, command | kResponse, sequence, {});
    } else {
      append_pdu(out, command | kResponse, sequence, std::string("peer") + '\0');  // system_id, to a bind
    }
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
