#pragma once
// All workers: those of the environments that are in use, and one that waits, started and with `twilio` loaded, for the
// next environment that is asked for. An environment has no worker until its first request, one as long as that keeps
// up, more when it does not hear, and none again when nobody has asked for a while.
//
// A deployment takes the place of another at once: new requests go to workers of the new build, and those of the old
// one end when their last request has.

#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "functions/deployed.hpp"
#include "functions/sandboxes.hpp"
#include "functions/worker.hpp"
#include "rest/context.hpp"

namespace dialtone::functions {

struct WorkerLimits {
  std::chrono::milliseconds execution{10'000};  ///< of one request
  std::chrono::milliseconds blocked{10'000};    ///< without an answer to a ping: then the process is ended
  std::chrono::milliseconds unheard{100};       ///< without an answer to a ping: then another worker takes the next
  std::chrono::milliseconds idle{60'000};       ///< without a request: then the environment's worker goes
  std::chrono::milliseconds start{15'000};      ///< for Node to start
  std::chrono::milliseconds tick{50};
  std::size_t per_environment_max = 4;
  std::size_t workers_max = 64;
};

class Workers final : public Worker::Owner {
 public:
  Workers(Executor executor, const rest::Authenticator& accounts, Deployments& deployments, Sandboxes& sandboxes,
          WorkerLimits limits = {});
  ~Workers() override;
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  struct Request {
    DeployedPtr deployed;
    const Route* route = nullptr;  ///< of that deployment
    std::string_view request_sid;
    const net::Request* request = nullptr;
    const EventParts* parts = nullptr;
  };
  Task<Outcome> run(Request request);

  /// Has a worker wait for the next environment from now on.
  void warm_up();
  /// Adds lines of the platform's own to the log.
  void on_logs(std::vector<LogLine> lines) override;
  /// Answers all that is held and starts nothing more.
  void stop();

  struct Counts {
    std::size_t running = 0;       ///< workers that belong to an environment
    std::size_t waiting = 0;       ///< started ones that belong to none
    std::size_t environments = 0;  ///< with a worker
  };
  [[nodiscard]] Counts counts() const;

 private:
  struct Environment {
    DeployedPtr deployed;
    std::string auth_token;
    std::map<const Route*, std::uint16_t> numbers;
    std::vector<WorkerPtr> workers;
  };

  void on_ready(Worker& worker) override;
  void on_lost(Worker& worker) override;
  void on_nonsense(Worker& worker) override;
  void on_end(std::uint32_t id, Sandboxes::End end, int wait_status);

  void keep_up(Environment& environment, const DeployedPtr& deployed);
  WorkerPtr choose(Environment& environment);
  WorkerPtr add_worker(Environment& environment);
  WorkerPtr start_worker();
  void bind(const WorkerPtr& worker);
  void retire(WorkerPtr worker);
  void retire_idle(SteadyTime now);
  bool make_room();
  [[nodiscard]] std::string told(const Environment& environment) const;
  [[nodiscard]] std::string token_of(const Deployed& deployed) const;
  [[nodiscard]] std::size_t in_use() const;
  void arm();
  void on_tick();
  Task<> keep_logs();

  const Executor executor_;
  const rest::Authenticator& accounts_;
  Deployments& deployments_;
  Sandboxes& sandboxes_;
  const WorkerLimits limits_;

  std::map<std::string, Environment, std::less<>> environments_;  ///< by SID; only those with a worker
  std::vector<WorkerPtr> retired_;                                ///< of former deployments; they finish what they hold
  WorkerPtr waiting_;
  std::map<std::uint32_t, WorkerPtr> by_id_;          ///< all whose process lives
  std::map<std::uint32_t, Outcome::Kind> ended_for_;  ///< those that we ended for a reason
  std::map<std::uint32_t, SteadyTime> starting_;      ///< those whose Node has not started, since when
  std::map<std::uint32_t, SteadyTime> lost_;          ///< those whose socket closed, since when
  std::map<std::uint32_t, WorkerPtr> to_bind_;        ///< those that have an environment and wait for Node
  Timer timer_;
  bool armed_ = false;
  bool stopped_ = false;
  bool want_waiting_ = false;
  SteadyTime warm_at_;

  std::vector<LogLine> lines_;
  std::size_t lines_dropped_ = 0;
  bool keeping_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace dialtone::functions
