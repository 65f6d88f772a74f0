#include "transport.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "connection.hpp"
#include "url.hpp"

namespace twilio::detail {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kWaitingMax = 100'000;
constexpr auto kIdleMax = std::chrono::seconds(60);

thread_local bool is_transport_thread = false;

}  // namespace

bool in_transport_thread() { return is_transport_thread; }

std::string_view Answer::header(std::string_view name) const {
  auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() && std::equal(key.begin(), key.end(), name.begin(), same)) return value;
  }
  return {};
}

namespace {

struct Job {
  std::shared_ptr<const Outgoing> request;
  OutcomeHandler handler;

  Job(std::shared_ptr<const Outgoing> r, OutcomeHandler h) : request(std::move(r)), handler(std::move(h)) {}
  Job(Job&& other) noexcept : request(std::move(other.request)), handler(std::exchange(other.handler, nullptr)) {}
  Job& operator=(Job&&) = delete;
  /// A job that is dropped says so.
  ~Job() {
    if (handler)
      finish({.answer = {},
              .error = std::make_exception_ptr(
                  TransportError(TransportError::Reason::kClosed, "the client was closed", true))});
  }
  void finish(Outcome outcome) { std::exchange(handler, nullptr)(std::move(outcome)); }
};

struct Pool {
  struct Idle {
    std::unique_ptr<Connection> connection;
    std::chrono::steady_clock::time_point since;
  };
  std::deque<Idle> idle;
  std::deque<Job> waiting;
  int busy = 0;
};

}  // namespace

struct Transport::Inside {
  explicit Inside(TransportSettings s) : settings(std::move(s)), tls(asio::ssl::context::tls_client) {
    tls.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                    asio::ssl::context::no_tlsv1_1);
    if (settings.ca_file.empty()) return;
    boost::system::error_code error;
    tls.load_verify_file(settings.ca_file, error);
    if (error) throw std::invalid_argument("the CA file " + settings.ca_file + " cannot be used: " + error.message());
  }

  /// The system's authorities are read when they are needed first: there are many. SSL_CERT_FILE and SSL_CERT_DIR are
  /// honoured.
  void trust() {
    if (std::exchange(trusting, true)) return;
    boost::system::error_code error;
    tls.set_default_verify_paths(error);
  }

  Route route_of(const Outgoing& request) const {
    Route route;
    if (settings.base_host.empty())
      route = {.host = request.host, .port = 443, .tls = true};
    else
      route = {.host = settings.base_host, .port = settings.base_port, .tls = settings.base_scheme == "https"};
    route.proxied = !settings.proxy_host.empty() && !spared_proxy(route.host, settings.no_proxy);
    return route;
  }

  void take(Job job) {
    Route route = route_of(*job.request);
    Pool& pool = pools[route];
    if (pool.busy >= settings.connections_max) {
      if (pool.waiting.size() >= kWaitingMax) {
        return job.finish({.answer = {},
                           .error = std::make_exception_ptr(TransportError(
                               TransportError::Reason::kConnect, "too many calls wait for a connection", false))});
      }
      pool.waiting.push_back(std::move(job));
      return;
    }
    ++pool.busy;
    asio::co_spawn(io, serve(route, pool, std::move(job)), asio::detached);
  }

  /// Works on this route with one connection while there is something to do.
  asio::awaitable<void> serve(Route route, Pool& pool, Job job) {
    struct Busy {
      Pool& pool;
      ~Busy() { --pool.busy; }
    } busy{pool};
    std::unique_ptr<Connection> connection;
    std::optional<Job> current(std::move(job));
    while (current) {
      Outcome outcome;
      try {
        if (!connection) connection = idle(pool);
        if (connection && !connection->fresh()) connection.reset();
        if (!connection) {
          if (route.tls) trust();
          connection = std::make_unique<Connection>(io.get_executor(), settings, tls);
          co_await connection->open(route);
        }
        outcome.answer = co_await connection->exchange(*current->request);
      } catch (const std::exception&) {
        outcome.error = std::current_exception();
      }
      if (!connection || !connection->reusable()) connection.reset();
      current->finish(std::move(outcome));
      current.reset();
      if (pool.waiting.empty()) continue;
      current.emplace(std::move(pool.waiting.front()));
      pool.waiting.pop_front();
    }
    if (connection) pool.idle.push_back({std::move(connection), std::chrono::steady_clock::now()});
  }

  std::unique_ptr<Connection> idle(Pool& pool) {
    auto now = std::chrono::steady_clock::now();
    while (!pool.idle.empty() && now - pool.idle.front().since > kIdleMax) pool.idle.pop_front();
    while (!pool.idle.empty()) {
      auto connection = std::move(pool.idle.back().connection);
      pool.idle.pop_back();
      if (connection->fresh()) return connection;
    }
    return nullptr;
  }

  /// Idle connections go before the io context, the frames that hold pools with it.
  ~Inside() {
    for (auto& [route, pool] : pools) pool.idle.clear();
  }

  std::mutex mutex;  // of thread and stopped
  std::thread thread;
  bool stopped = false;
  TransportSettings settings;
  asio::ssl::context tls;
  bool trusting = false;
  std::map<Route, Pool> pools;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
};

Transport::Transport(TransportSettings settings) : inside_(std::make_unique<Inside>(std::move(settings))) {}

Transport::~Transport() { stop(); }

void Transport::send(std::shared_ptr<const Outgoing> request, std::chrono::milliseconds delay, OutcomeHandler handler) {
  auto job = std::make_shared<Job>(std::move(request), std::move(handler));
  {
    std::lock_guard lock(inside_->mutex);
    if (inside_->stopped) return;  // the job says that it is dropped
    if (!inside_->thread.joinable()) {
      inside_->thread = std::thread([self = shared_from_this(), inside = inside_.get()] {
        is_transport_thread = true;
        inside->io.run();
      });
    }
  }
  if (delay.count() == 0) {
    asio::post(inside_->io, [inside = inside_.get(), job] { inside->take(std::move(*job)); });
    return;
  }
  asio::co_spawn(
      inside_->io,
      [](Inside* inside, std::shared_ptr<Job> later, std::chrono::milliseconds time) -> asio::awaitable<void> {
        asio::steady_timer timer(inside->io, time);
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        inside->take(std::move(*later));
      }(inside_.get(), std::move(job), delay),
      asio::detached);
}

void Transport::stop() {
  std::thread thread;
  {
    std::lock_guard lock(inside_->mutex);
    if (inside_->stopped) return;
    inside_->stopped = true;
    thread = std::move(inside_->thread);
  }
  inside_->io.stop();
  // A client may be closed by a coroutine that goes on in its own thread; the thread then ends by itself.
  if (thread.joinable() && thread.get_id() == std::this_thread::get_id())
    thread.detach();
  else if (thread.joinable())
    thread.join();
}

}  // namespace twilio::detail
