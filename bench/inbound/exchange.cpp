// The phone and the application of bench/inbound in one small program, so that what is measured is the server and not a
// scripting language's HTTP: `dt_inbound PORT AUTHORIZATION TWILIO_NUMBER COUNT PHONE…`.
//
// It prints the port of its webhook and waits for a line on stdin (the number is pointed there meanwhile). Then, COUNT
// times: one connection waits for the reply on the phone, another writes the phone's message, a third, the server's
// own, asks the webhook. Per message it prints the milliseconds from the first byte of the phone's message to the last
// byte of the reply on the phone, less what the webhook took from its request's last byte to its answer's.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

std::atomic<Clock::duration> webhook_took{Clock::duration::zero()};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// One connection that blocks; reads whole HTTP/1.1 messages that carry a Content-Length.
class Connection {
 public:
  explicit Connection(int file) : file_(file) {
    const int on = 1;
    ::setsockopt(file_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  static int connect(std::uint16_t port) {
    const int file = ::socket(AF_INET, SOCK_STREAM, 0);
    const auto address = loopback(port);
    if (::connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("the server does not answer");
    return file;
  }
  ~Connection() { ::close(file_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void write(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(file_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error("a connection broke");
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Head and body of the next message; empty when the peer closed.
  std::string read() {
    std::size_t whole = std::string::npos;
    while (whole == std::string::npos || buffer_.size() < whole) {
      if (const auto end = buffer_.find("\r\n\r\n"); whole == std::string::npos && end != std::string::npos) {
        whole = end + 4 + content_length(std::string_view(buffer_).substr(0, end));
        continue;
      }
      char piece[16 << 10];
      const auto got = ::recv(file_, piece, sizeof piece, 0);
      if (got <= 0) return {};
      buffer_.append(piece, static_cast<std::size_t>(got));
    }
    std::string message = buffer_.substr(0, whole);
    buffer_.erase(0, whole);
    return message;
  }

 private:
  static std::size_t content_length(std::string_view head) {
    std::size_t length = 0;
    if (const auto at = head.find("Content-Length: "); at != std::string_view::npos) {
      const auto digits = head.substr(at + 16);
      std::from_chars(digits.data(), digits.data() + digits.size(), length);
    }
    return length;
  }

  int file_;
  std::string buffer_;
};

std::string encoded(std::string_view number) { return "%2B" + std::string(number.substr(1)); }

/// The application: answers each text with its number, "re: question 7."
void serve(int listener) {
  while (true) {
    const int file = ::accept(listener, nullptr, nullptr);
    if (file < 0) return;
    std::thread([file] {
      Connection peer(file);
      while (true) {
        const std::string request = peer.read();
        if (request.empty()) return;
        const auto began = Clock::now();
        const auto at = request.find("Body=question+");
        const std::string question =
            at == std::string::npos ? "?" : request.substr(at + 14, request.find('.', at) - at - 14);
        const std::string body = fmt::format("<Response><Message>re: question {}.</Message></Response>", question);
        peer.write(fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{}", body.size(),
                               body));
        webhook_took = Clock::now() - began;
      }
    }).detach();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::cerr << "dt_inbound PORT AUTHORIZATION TWILIO_NUMBER COUNT PHONE...\n";
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::stoi(argv[1]));
  const std::string authorization = argv[2];
  const std::string number = argv[3];
  const int count = std::stoi(argv[4]);
  const std::vector<std::string> phones(argv + 5, argv + argc);

  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  ::bind(listener, reinterpret_cast<sockaddr*>(&address), size);
  ::listen(listener, 8);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  std::cout << ntohs(address.sin_port) << std::endl;
  std::thread(serve, listener).detach();
  std::string go;
  if (!std::getline(std::cin, go)) return 2;

  try {
    Connection waiter(Connection::connect(port));
    Connection writer(Connection::connect(port));
    for (int i = 0; i < count; ++i) {
      const std::string phone = encoded(phones[static_cast<std::size_t>(i) % phones.size()]);
      waiter.write(
          fmt::format("GET /_dialtone/v1/handsets/{}/messages?wait=10&contains=re%3A+question+{}. HTTP/1.1\r\n"
                      "Host: 127.0.0.1\r\nAuthorization: {}\r\n\r\n",
                      phone, i, authorization));
      std::this_thread::sleep_for(std::chrono::milliseconds(10));  // it waits by now
      const std::string body = fmt::format(R"({{"to":"{}","body":"question {}."}})", number, i);
      const auto began = Clock::now();
      writer.write(
          fmt::format("POST /_dialtone/v1/handsets/{}/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {}\r\n"
                      "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                      phone, authorization, body.size(), body));
      const std::string reply = waiter.read();
      const auto took = Clock::now() - began;
      const std::string sent = writer.read();
      if (!reply.starts_with("HTTP/1.1 200") || !sent.starts_with("HTTP/1.1 201")) {
        std::cerr << "unexpected: " << reply << '\n' << sent << '\n';
        return 1;
      }
      std::cout << Milliseconds(took - webhook_took.load()).count() << '\n';
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  std::cout.flush();
  std::_Exit(0);  // the webhook's threads still read
}
