// A closed-loop HTTP load generator that costs little itself: one thread, raw epoll, N keep-alive connections, each
// with one request in flight. It knows just enough HTTP to find the end of an answer.
//
//   dt_load --url http://127.0.0.1:3425/path --method POST --header 'K: V' --body 'a=b' --connections 32 --seconds 5
//           [--count N] [--expect 201] [--pid SERVERPID] [--json]
//
// `{n}` in the path or a body becomes a counter. Several --body are sent in turn. The exit status is 1 when an answer
// was wrong or missing.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace {

using SteadyClock = std::chrono::steady_clock;

struct Options {
  std::string url;
  std::string method = "GET";
  std::vector<std::string> headers;
  std::vector<std::string> bodies;
  unsigned connections = 32;
  double seconds = 5;
  double warmup_seconds = 0;
  std::uint64_t count = 0;
  int expect = 0;
  int pid = 0;
  bool json = false;
};

struct Url {
  std::string host;
  std::string port = "80";
  std::string path = "/";
};

bool parse_url(std::string_view text, Url& url) {
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme)) return false;
  text.remove_prefix(kScheme.size());
  const auto slash = text.find('/');
  if (slash != std::string_view::npos) url.path = text.substr(slash);
  auto authority = text.substr(0, slash);
  if (const auto colon = authority.rfind(':'); colon != std::string_view::npos && !authority.ends_with(']')) {
    url.port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']')) authority = authority.substr(1, authority.size() - 2);
  url.host = authority;
  return !url.host.empty();
}

/// Text with places for a counter, cut once.
class Template {
 public:
  explicit Template(std::string_view text) {
    constexpr std::string_view kPlace = "{n}";
    for (auto at = text.find(kPlace); at != std::string_view::npos; at = text.find(kPlace)) {
      parts_.emplace_back(text.substr(0, at));
      text.remove_prefix(at + kPlace.size());
    }
    parts_.emplace_back(text);
  }
  void append(std::string& out, std::uint64_t number) const {
    out += parts_[0];
    for (std::size_t i = 1; i < parts_.size(); ++i) {
      fmt::format_to(std::back_inserter(out), "{}", number);
      out += parts_[i];
    }
  }
  [[nodiscard]] bool fixed() const { return parts_.size() == 1; }

 private:
  std::vector<std::string> parts_;
};

/// Counts of latencies in buckets that are 1/32 of a power of two wide: 3 % exact, and no memory per request.
class Histogram {
 public:
  void add(std::uint64_t nanoseconds) {
    ++buckets_[index(nanoseconds)];
    ++total_;
    max_ = std::max(max_, nanoseconds);
  }
  [[nodiscard]] double quantile_us(double share) const {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (seen > wanted) return std::min(value(i), static_cast<double>(max_)) / 1e3;
    }
    return static_cast<double>(max_) / 1e3;
  }
  [[nodiscard]] double max_us() const { return static_cast<double>(max_) / 1e3; }

 private:
  static std::size_t index(std::uint64_t v) {
    if (v < 32) return v;
    const auto shift = static_cast<std::size_t>(std::bit_width(v)) - 6;
    return (shift + 1) * 32 + static_cast<std::size_t>((v >> shift) & 31);
  }
  static double value(std::size_t i) {
    if (i < 64) return static_cast<double>(i);
    const auto shift = i / 32 - 1;
    return (static_cast<double>((32 + i % 32) << shift) + static_cast<double>((33 + i % 32) << shift)) / 2;
  }
  std::array<std::uint64_t, 64 * 32> buckets_{};
  std::uint64_t total_ = 0;
  std::uint64_t max_ = 0;
};

/// CPU seconds and peak memory of a process.
struct Usage {
  double cpu_seconds = 0;
  std::uint64_t peak_kib = 0;
};

Usage usage_of(int pid) {
  Usage usage;
  std::string line;
  std::ifstream stat(fmt::format("/proc/{}/stat", pid));
  std::getline(stat, line);
  // The command in parentheses may hold anything; utime and stime are fields 14 and 15.
  if (const auto close = line.rfind(')'); close != std::string::npos) {
    std::istringstream rest(line.substr(close + 2));
    std::string word;
    for (int field = 3; field < 14 && rest >> word; ++field) {
    }
    double user = 0;
    double system = 0;
    if (rest >> user >> system) usage.cpu_seconds = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  while (std::getline(status, line)) {
    if (line.starts_with("VmHWM:")) usage.peak_kib = std::strtoull(line.c_str() + 6, nullptr, 10);
  }
  return usage;
}

struct Connection {
  int socket = -1;
  std::string out;
  std::size_t sent = 0;
  std::string in;
  std::size_t head_size = 0;  ///< 0 while the head is not complete
  std::size_t body_size = 0;
  bool chunked = false;
  bool close_after = false;
  bool busy = false;
  SteadyClock::time_point began;
};

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

class Load {
 public:
  Load(const Options& options, const Url& url) : options_(options), url_(url), path_(url.path) {
    for (const auto& body : options.bodies) bodies_.emplace_back(body);
    const bool v6 = url.host.contains(':');
    tail_ = fmt::format(" HTTP/1.1\r\nHost: {}{}{}:{}\r\n", v6 ? "[" : "", url.host, v6 ? "]" : "", url.port);
    bool typed = false;
    for (const auto& header : options.headers) {
      // A Host of the user's takes the place of ours.
      if (header.size() > 5 && same_name(std::string_view(header).substr(0, 5), "host:")) tail_ = " HTTP/1.1\r\n";
      typed = typed || (header.size() > 13 && same_name(std::string_view(header).substr(0, 13), "content-type:"));
    }
    for (const auto& header : options.headers) tail_ += header + "\r\n";
    if (!bodies_.empty() && !typed) tail_ += "Content-Type: application/x-www-form-urlencoded\r\n";
  }

  bool run() {
    if (!resolve()) return false;
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    connections_.resize(options_.connections);
    std::size_t open = 0;
    for (auto& connection : connections_) open += connect(connection) ? 1 : 0;
    if (open == 0) {
      fmt::print(stderr, "dt_load: cannot connect to {}\n", options_.url);
      return false;
    }
    const auto seconds = [](double value) {
      return std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(value));
    };
    now_ = SteadyClock::now();
    if (options_.warmup_seconds > 0) drive(now_ + seconds(options_.warmup_seconds), 0);
    done_ = wrong_ = failed_ = 0;
    latencies_ = {};
    const auto before = options_.pid ? usage_of(options_.pid) : Usage{};
    const auto began = SteadyClock::now();
    drive(options_.count > 0 ? SteadyClock::time_point::max() : began + seconds(options_.seconds), options_.count);
    const double took = std::chrono::duration<double>(SteadyClock::now() - began).count();
    const auto after = options_.pid ? usage_of(options_.pid) : Usage{};
    report(took, after.cpu_seconds - before.cpu_seconds, after.peak_kib);
    return wrong_ == 0 && failed_ == 0 && done_ > 0;
  }

 private:
  static constexpr std::uint64_t kFailuresMax = 1000;
  static constexpr auto kStuckLimit = std::chrono::seconds(30);

  bool resolve() {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error = getaddrinfo(url_.host.c_str(), url_.port.c_str(), &hints, &found); error != 0) {
      fmt::print(stderr, "dt_load: {}: {}\n", url_.host, gai_strerror(error));
      return false;
    }
    std::memcpy(&address_, found->ai_addr, found->ai_addrlen);
    address_size_ = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
  }

  bool connect(Connection& connection) {
    if (connection.socket >= 0) ::close(connection.socket);
    connection = {};
    connection.socket = ::socket(address_.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection.socket < 0 ||
        ::connect(connection.socket, reinterpret_cast<const sockaddr*>(&address_), address_size_) != 0) {
      ::close(connection.socket);
      connection.socket = -1;
      return false;
    }
    const int on = 1;
    setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(connection.socket, F_SETFL, O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = &connection;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event);
    return true;
  }

  void drive(SteadyClock::time_point until, std::uint64_t count) {
    stop_ = false;
    wanted_ = count;
    started_ = 0;
    in_flight_ = 0;
    auto last_progress = SteadyClock::now();
    for (auto& connection : connections_) {
      if (connection.socket >= 0 || connect(connection)) start(connection);
    }
    std::array<epoll_event, 256> events;
    while (in_flight_ > 0) {
      const int n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 1000);
      now_ = SteadyClock::now();
      if (now_ >= until) stop_ = true;
      if (n > 0) last_progress = now_;
      if (now_ - last_progress > kStuckLimit) {
        failed_ += in_flight_;
        break;
      }
      for (int i = 0; i < n; ++i) {
        auto& connection = *static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (!connection.busy) continue;
        if ((events[static_cast<std::size_t>(i)].events & EPOLLOUT) && connection.sent < connection.out.size()) {
          if (!send(connection)) continue;
        }
        if (events[static_cast<std::size_t>(i)].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(connection);
      }
    }
  }

  void start(Connection& connection) {
    if (stop_ || (wanted_ > 0 && started_ >= wanted_) || failed_ > kFailuresMax) return;
    ++started_;
    ++in_flight_;
    const auto number = ++counter_;
    auto& out = connection.out;
    out.clear();
    out.append(options_.method).append(" ");
    path_.append(out, number);
    out += tail_;
    if (!bodies_.empty()) {
      body_.clear();
      bodies_[number % bodies_.size()].append(body_, number);
      fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n\r\n", body_.size());
      out += body_;
    } else {
      out += "\r\n";
    }
    connection.sent = 0;
    connection.in.clear();
    connection.head_size = 0;
    connection.busy = true;
    connection.began = now_;
    send(connection);
  }

  bool send(Connection& connection) {
    while (connection.sent < connection.out.size()) {
      const auto n = ::send(connection.socket, connection.out.data() + connection.sent,
                            connection.out.size() - connection.sent, MSG_NOSIGNAL);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
      if (n < 0) {
        fail(connection);
        return false;
      }
      connection.sent += static_cast<std::size_t>(n);
    }
    return true;
  }

  void receive(Connection& connection) {
    while (true) {
      const auto n = ::recv(connection.socket, buffer_.data(), buffer_.size(), 0);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (n <= 0) return fail(connection);
      connection.in.append(buffer_.data(), static_cast<std::size_t>(n));
      if (complete(connection)) return finish(connection);
      // A short read says that there is no more, and the edge will tell of the rest.
      if (static_cast<std::size_t>(n) < buffer_.size()) return;
    }
  }

  static bool complete(Connection& connection) {
    const std::string_view in = connection.in;
    if (connection.head_size == 0) {
      const auto end = in.find("\r\n\r\n");
      if (end == std::string_view::npos) return false;
      connection.head_size = end + 4;
      connection.body_size = 0;
      connection.chunked = connection.close_after = false;
      auto head = in.substr(0, end + 2);
      while (!head.empty()) {
        const auto line = head.substr(0, head.find("\r\n"));
        head.remove_prefix(line.size() + 2);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const auto name = line.substr(0, colon);
        if (same_name(name, "content-length")) {
          connection.body_size = std::strtoull(line.data() + colon + 1, nullptr, 10);
        } else if (same_name(name, "transfer-encoding")) {
          connection.chunked = true;
        } else if (same_name(name, "connection")) {
          connection.close_after = line.contains("close");
        }
      }
    }
    if (connection.chunked) return in.substr(connection.head_size - 2).ends_with("\r\n0\r\n\r\n");
    return in.size() >= connection.head_size + connection.body_size;
  }

  void finish(Connection& connection) {
    const auto finished = SteadyClock::now();
    latencies_.add(static_cast<std::uint64_t>((finished - connection.began).count()));
    now_ = finished;
    ++done_;
    --in_flight_;
    connection.busy = false;
    const int status = connection.in.size() > 12 ? std::atoi(connection.in.c_str() + 9) : 0;
    if (options_.expect != 0 ? status != options_.expect : status < 200 || status > 299) {
      if (wrong_++ == 0) fmt::print(stderr, "dt_load: first wrong answer:\n{}\n", connection.in.substr(0, 600));
    }
    if (connection.close_after && !connect(connection)) {
      ++failed_;
      return;
    }
    start(connection);
  }

  void fail(Connection& connection) {
    ++failed_;
    --in_flight_;
    if (connect(connection)) start(connection);
  }

  void report(double took, double cpu, std::uint64_t peak_kib) const {
    const double rate = static_cast<double>(done_) / took;
    const double p50 = latencies_.quantile_us(0.5);
    const double p99 = latencies_.quantile_us(0.99);
    if (options_.json) {
      fmt::print(R"({{"requests": {}, "seconds": {:.3f}, "requests_per_second": {:.0f}, "p50_us": {:.1f}, )"
                 R"("p99_us": {:.1f}, "max_us": {:.1f}, "wrong": {}, "failed": {}, "connections": {})",
                 done_, took, rate, p50, p99, latencies_.max_us(), wrong_, failed_, options_.connections);
      if (options_.pid) {
        fmt::print(R"(, "server_cpu_seconds": {:.2f}, "server_cpu_us_per_request": {:.2f}, "server_peak_kib": {})", cpu,
                   cpu * 1e6 / static_cast<double>(std::max<std::uint64_t>(done_, 1)), peak_kib);
      }
      fmt::print("}}\n");
      return;
    }
    fmt::print("{} requests in {:.2f} s: {:.0f} requests/s, p50 {:.0f} us, p99 {:.0f} us, {} wrong, {} failed\n", done_,
               took, rate, p50, p99, wrong_, failed_);
    if (options_.pid) fmt::print("server: {:.2f} s CPU, peak {} KiB\n", cpu, peak_kib);
  }

  const Options& options_;
  const Url& url_;
  Template path_;
  std::vector<Template> bodies_;
  std::string tail_;
  std::string body_;
  sockaddr_storage address_{};
  socklen_t address_size_ = 0;
  int epoll_ = -1;
  std::vector<Connection> connections_;
  std::array<char, 64 * 1024> buffer_;
  SteadyClock::time_point now_;
  bool stop_ = false;
  std::uint64_t wanted_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t in_flight_ = 0;
  std::uint64_t counter_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t wrong_ = 0;
  std::uint64_t failed_ = 0;
  Histogram latencies_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Closed-loop HTTP load generator");
  app.add_option("--url", options.url, "http://HOST:PORT/PATH; {n} becomes a counter")->required();
  app.add_option("--method", options.method);
  app.add_option("--header", options.headers, "'Name: value', any number")->allow_extra_args(false);
  app.add_option("--body", options.bodies, "several are sent in turn; {n} becomes a counter")->allow_extra_args(false);
  app.add_option("--connections", options.connections)->check(CLI::Range(1, 60000));
  app.add_option("--seconds", options.seconds);
  app.add_option("--warmup", options.warmup_seconds, "seconds before the measurement begins");
  app.add_option("--count", options.count, "number of requests, instead of --seconds");
  app.add_option("--expect", options.expect, "status that every answer has; any 2xx when not given");
  app.add_option("--pid", options.pid, "also report CPU time and peak memory of this process");
  app.add_flag("--json", options.json);
  CLI11_PARSE(app, argc, argv);
  Url url;
  if (!parse_url(options.url, url)) {
    fmt::print(stderr, "dt_load: the URL must begin with http://\n");
    return 2;
  }
  return Load(options, url).run() ? 0 : 1;
}
