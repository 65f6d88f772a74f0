#pragma once
// One worker as the program sees it: a socket, the requests it holds, and whether it still answers. It is told an
// environment once, and never another. Who it belongs to, and when it goes, its owner decides.

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "base/task.hpp"
#include "functions/deployed.hpp"
#include "functions/event.hpp"
#include "functions/frames.hpp"

namespace dialtone::functions {

using SteadyTime = std::chrono::steady_clock::time_point;

/// How a request to a function ended.
struct Outcome {
  enum class Kind : std::uint8_t {
    kAnswered,
    kTimedOut,     ///< the function did not answer in time
    kEnded,        ///< its process ended before
    kMemory,       ///< … because it needed too much memory
    kBlocked,      ///< … because it was busy for too long to hear anything
    kUnavailable,  ///< there was no process for it
  };
  Kind kind = Kind::kAnswered;
  int status = 0;
  frames::Form form = frames::Form::kText;
  frames::Headers headers = {};
  std::string body = {};
  std::chrono::microseconds took{0};
  std::uint32_t megabytes = 0;
};

class Worker final : public std::enable_shared_from_this<Worker> {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// Node has started.
    virtual void on_ready(Worker& worker) = 0;
    /// The socket closed: the process is about to end, mostly.
    virtual void on_lost(Worker& worker) = 0;
    /// What came over it makes no sense.
    virtual void on_nonsense(Worker& worker) = 0;
    virtual void on_logs(std::vector<LogLine> lines) = 0;
  };

  Worker(Executor executor, Owner& owner, std::uint32_t id, int socket);

  /// Begins to read. Until release() what is sent waits here.
  void start();
  void release();
  /// Tells it whose it is: its environment as JSON. Once, before the first request.
  void load(DeployedPtr deployed, std::string_view told);
  /// Tells it that variables have changed.
  void change(DeployedPtr deployed, std::string_view told);

  struct Invocation {
    std::uint16_t function = 0;  ///< its number in what load() told
    std::string_view request_sid;
    const net::Request& request;
    const EventParts& parts;
    std::chrono::milliseconds limit;
  };
  Task<Outcome> invoke(Invocation invocation);

  /// Answers requests whose time is over, and asks whether the worker is there.
  void on_tick(SteadyTime now);
  /// The process has gone: all that it held is answered so.
  void fail_all(Outcome::Kind kind);
  void close();

  [[nodiscard]] std::uint32_t id() const { return id_; }
  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] std::size_t pending() const { return pending_.size(); }
  [[nodiscard]] SteadyTime last_used() const { return last_used_; }
  [[nodiscard]] const DeployedPtr& deployed() const { return deployed_; }
  /// For how long it has not answered whether it is there.
  [[nodiscard]] std::chrono::milliseconds silent_for(SteadyTime now) const;
  [[nodiscard]] std::uint32_t megabytes() const { return megabytes_; }

 private:
  using Socket = asio::basic_stream_socket<asio::local::stream_protocol, Executor>;
  using Completion = std::move_only_function<void(Outcome)>;
  struct Pending {
    Completion done;
    SteadyTime began;
  };

  static Task<> read(std::shared_ptr<Worker> self);
  static Task<> write(std::shared_ptr<Worker> self);
  bool take_frames();
  void take(const frames::Answer& answer);
  void finish(std::uint32_t id, Outcome outcome);
  void send_soon();
  bool send_now();

  const Executor executor_;
  Owner& owner_;
  const std::uint32_t id_;
  Socket socket_;
  DeployedPtr deployed_;
  std::vector<const Route*> functions_;  ///< by number; they live as long as the deployment's bundle
  std::shared_ptr<const Bundle> bundle_;

  std::string in_;   ///< read and not yet understood
  std::string out_;  ///< to send, of which sent_ is
  std::size_t sent_ = 0;
  bool held_ = true;
  bool writing_ = false;
  bool send_posted_ = false;
  bool ready_ = false;
  bool closed_ = false;

  std::unordered_map<std::uint32_t, Pending> pending_;
  std::deque<std::pair<SteadyTime, std::uint32_t>> deadlines_;  ///< in order, also of requests that are answered
  std::uint32_t last_request_ = 0;
  SteadyTime last_used_;
  std::uint32_t last_ping_ = 0;
  bool ping_is_out_ = false;
  SteadyTime ping_sent_;
  std::uint32_t megabytes_ = 0;
  std::vector<LogLine> lines_;
};

using WorkerPtr = std::shared_ptr<Worker>;

/// The functions of a bundle in the order of their numbers: by path.
[[nodiscard]] std::vector<const Route*> functions_of(const Bundle& bundle);

}  // namespace dialtone::functions
