#include "functions/workers.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/log.hpp"
#include "functions/sandbox_command.hpp"

namespace dialtone::functions {
namespace {

constexpr std::size_t kLinesMax = 10'000;  ///< that wait to be kept; more are dropped
constexpr std::size_t kLinesBytesMax = 16 * 1024 * 1024;
constexpr std::size_t kLinesAtOnceMax = 500;          ///< in one transaction
constexpr std::chrono::milliseconds kWarmDelay{150};  ///< the request that took the waiting worker comes first
constexpr std::chrono::seconds kWarmRetry{5};         ///< after one that could not start

constexpr std::chrono::milliseconds kEndLimit{300};  ///< from a closed socket to the end of the process

/// How Node ends when its heap is full: it aborts, in the way that its version does. A sandbox says it as a shell
/// would.
bool has_aborted(int wait_status) {
  const int code = WIFSIGNALED(wait_status)         ? WTERMSIG(wait_status)
                   : WEXITSTATUS(wait_status) > 128 ? WEXITSTATUS(wait_status) - 128
                                                    : 0;
  return code == SIGABRT || code == SIGTRAP || code == SIGILL;
}

}  // namespace

Workers::Workers(Executor executor, const rest::Authenticator& accounts, Deployments& deployments, Sandboxes& sandboxes,
                 WorkerLimits limits)
    : executor_(executor),
      accounts_(accounts),
      deployments_(deployments),
      sandboxes_(sandboxes),
      limits_(limits),
      timer_(executor) {
  sandboxes_.on_end([this](std::uint32_t id, Sandboxes::End end, int status) { on_end(id, end, status); });
  deployments_.subscribe([this, alive = alive_](std::string_view environment_sid, const DeployedPtr& now) {
    if (!*alive) return;
    const auto found = environments_.find(environment_sid);
    if (now) {
      warm_up();
      if (found != environments_.end()) keep_up(found->second, now);
    } else if (found != environments_.end()) {
      for (auto& worker : std::exchange(found->second.workers, {})) retire(std::move(worker));
      environments_.erase(found);
    }
  });
}

Workers::~Workers() {
  stop();
  *alive_ = false;
}

Task<Outcome> Workers::run(Request request) {
  if (stopped_) co_return Outcome{.kind = Outcome::Kind::kUnavailable};
  want_waiting_ = true;
  auto& environment = environments_[request.deployed->environment_sid];
  keep_up(environment, request.deployed);
  const auto worker = choose(environment);
  if (!worker) {
    if (environment.workers.empty()) environments_.erase(request.deployed->environment_sid);
    co_return Outcome{.kind = Outcome::Kind::kUnavailable};
  }
  const auto number = environment.numbers.find(request.route);
  if (number == environment.numbers.end()) co_return Outcome{.kind = Outcome::Kind::kUnavailable};
  co_return co_await worker->invoke({.function = number->second,
                                     .request_sid = request.request_sid,
                                     .request = *request.request,
                                     .parts = *request.parts,
                                     .limit = limits_.execution});
}

/// Makes what the environment's workers know what is deployed now.
void Workers::keep_up(Environment& environment, const DeployedPtr& deployed) {
  const std::string token = token_of(*deployed);
  if (environment.deployed == deployed && environment.auth_token == token) return;
  if (!environment.deployed || environment.deployed->bundle != deployed->bundle) {
    for (auto& worker : std::exchange(environment.workers, {})) retire(std::move(worker));
    environment.numbers.clear();
    std::uint16_t number = 0;
    for (const Route* route : functions_of(*deployed->bundle)) environment.numbers[route] = number++;
  }
  environment.deployed = deployed;
  environment.auth_token = token;
  if (environment.workers.empty()) return;
  const std::string text = told(environment);
  for (const auto& worker : environment.workers) worker->change(deployed, text);
}

/// The worker with the least to do of those that answer; another one when none does.
WorkerPtr Workers::choose(Environment& environment) {
  const auto now = std::chrono::steady_clock::now();
  WorkerPtr best;
  bool best_hears = false;
  for (const auto& worker : environment.workers) {
    const bool hears = worker->silent_for(now) < limits_.unheard;
    if (!best || (hears && !best_hears) || (hears == best_hears && worker->pending() < best->pending())) {
      best = worker;
      best_hears = hears;
    }
  }
  if (best_hears || (best && environment.workers.size() >= limits_.per_environment_max)) return best;
  auto added = add_worker(environment);
  return added ? added : best;
}

WorkerPtr Workers::add_worker(Environment& environment) {
  if (in_use() >= limits_.workers_max && !make_room()) return nullptr;
  auto worker = waiting_ ? std::exchange(waiting_, nullptr) : start_worker();
  warm_at_ = std::chrono::steady_clock::now() + kWarmDelay;
  arm();
  if (!worker) return nullptr;
  worker->load(environment.deployed, told(environment));
  environment.workers.push_back(worker);
  if (worker->ready()) {
    bind(worker);
  } else {
    to_bind_[worker->id()] = worker;
  }
  return worker;
}

WorkerPtr Workers::start_worker() {
  auto spawned = sandboxes_.spawn();
  if (!spawned) {
    log::error("functions.no_worker", {{"error", spawned.error().message}});
    return nullptr;
  }
  auto worker = std::make_shared<Worker>(executor_, *this, spawned->id, spawned->socket);
  by_id_[spawned->id] = worker;
  starting_[spawned->id] = std::chrono::steady_clock::now();
  worker->start();
  arm();
  return worker;
}

void Workers::on_ready(Worker& worker) {
  starting_.erase(worker.id());
  if (auto found = to_bind_.extract(worker.id())) bind(found.mapped());
}

/// Gives a worker the build of its environment. Requests for it may wait already.
void Workers::bind(const WorkerPtr& worker) {
  sandboxes_.bind(worker->id(), worker->deployed()->bundle->folder,
                  [this, alive = alive_, weak = std::weak_ptr(worker)](int error) {
                    const auto bound = weak.lock();
                    if (!*alive || !bound) return;
                    if (error == 0) return bound->release();
                    log::error("functions.bind_failed", {{"worker", bound->id()}, {"error", std::strerror(error)}});
                    ended_for_[bound->id()] = Outcome::Kind::kUnavailable;
                    sandboxes_.kill(bound->id());
                  });
}

void Workers::on_lost(Worker& worker) {
  // How it ended is about to be told.
  lost_[worker.id()] = std::chrono::steady_clock::now();
  arm();
}

void Workers::on_nonsense(Worker& worker) { sandboxes_.kill(worker.id()); }

void Workers::on_end(std::uint32_t id, Sandboxes::End end, int wait_status) {
  starting_.erase(id);
  lost_.erase(id);
  to_bind_.erase(id);
  auto found = by_id_.extract(id);
  if (found.empty()) return;
  const WorkerPtr worker = std::move(found.mapped());
  auto kind = Outcome::Kind::kEnded;
  if (end == Sandboxes::End::kMemory || has_aborted(wait_status)) kind = Outcome::Kind::kMemory;
  if (const auto reason = ended_for_.extract(id)) kind = reason.mapped();
  if (worker == waiting_) {
    waiting_.reset();
    warm_at_ = std::chrono::steady_clock::now() + kWarmRetry;
    log::warn("functions.waiting_worker_ended", {{"worker", id}, {"status", wait_status}});
  } else if (!stopped_ && kind != Outcome::Kind::kEnded) {
    log::warn("functions.worker_ended", {{"worker", id},
                                         {"environment", worker->deployed()->environment_sid},
                                         {"memory", kind == Outcome::Kind::kMemory ? 1 : 0},
                                         {"held", worker->pending()}});
  }
  std::erase(retired_, worker);
  if (worker->deployed()) {
    const auto environment = environments_.find(worker->deployed()->environment_sid);
    if (environment != environments_.end()) {
      std::erase(environment->second.workers, worker);
      if (environment->second.workers.empty()) environments_.erase(environment);
    }
  }
  worker->close();
  worker->fail_all(kind);
}

/// Takes no more requests, and ends when it has answered those it holds.
void Workers::retire(WorkerPtr worker) {
  if (worker->pending() == 0) {
    sandboxes_.kill(worker->id());
    worker->close();
  }
  retired_.push_back(std::move(worker));
  arm();
}

void Workers::retire_idle(SteadyTime now) {
  for (auto at = environments_.begin(); at != environments_.end();) {
    auto& workers = at->second.workers;
    for (std::size_t i = workers.size(); i-- > 0;) {
      if (workers[i]->pending() > 0 || now - workers[i]->last_used() < limits_.idle) continue;
      auto idle = std::move(workers[i]);
      workers.erase(workers.begin() + static_cast<std::ptrdiff_t>(i));
      retire(std::move(idle));
    }
    at = workers.empty() ? environments_.erase(at) : std::next(at);
  }
}

/// Ends the worker that has been idle for the longest time. False when all are at work.
bool Workers::make_room() {
  WorkerPtr oldest;
  for (const auto& [sid, environment] : environments_) {
    for (const auto& worker : environment.workers) {
      if (worker->pending() == 0 && (!oldest || worker->last_used() < oldest->last_used())) oldest = worker;
    }
  }
  if (!oldest) return false;
  auto& workers = environments_.find(oldest->deployed()->environment_sid)->second.workers;
  std::erase(workers, oldest);
  retire(oldest);
  return true;
}

std::size_t Workers::in_use() const {
  std::size_t out = 0;
  for (const auto& [sid, environment] : environments_) out += environment.workers.size();
  return out;
}

std::string Workers::token_of(const Deployed& deployed) const {
  if (!deployed.include_credentials) return {};
  const auto account = accounts_.find(deployed.account_sid);
  return account ? account->auth_token : std::string();
}

/// The environment as its workers are told.
std::string Workers::told(const Environment& environment) const {
  const auto& deployed = *environment.deployed;
  json::array functions;
  json::array assets;
  for (const auto& [path, route] : deployed.bundle->routes) {
    const bool is_function = route.kind == Route::Kind::kFunction;
    if (!is_function && route.visibility != Visibility::kPrivate) continue;
    (is_function ? functions : assets).push_back(json::object{{"path", route.path}, {"file", route.file}});
  }
  json::object variables;
  for (const auto& [name, value] : deployed.variables) variables[name] = value;
  return json::serialize(
      json::object{{"root", sandboxes_.settings().sandboxed ? std::string(kBuildFolder) : deployed.bundle->folder},
                   {"domain_name", deployed.domain_name},
                   {"service_sid", deployed.service_sid},
                   {"environment_sid", deployed.environment_sid},
                   {"account_sid", deployed.account_sid},
                   {"auth_token", environment.auth_token},
                   {"variables", std::move(variables)},
                   {"functions", std::move(functions)},
                   {"assets", std::move(assets)}});
}

void Workers::warm_up() {
  if (std::exchange(want_waiting_, true) || stopped_) return;
  warm_at_ = std::chrono::steady_clock::now();
  arm();
}

void Workers::arm() {
  if (armed_ || stopped_) return;
  armed_ = true;
  timer_.expires_after(limits_.tick);
  timer_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
    if (!*alive || error) return;
    armed_ = false;
    on_tick();
  });
}

void Workers::on_tick() {
  const auto now = std::chrono::steady_clock::now();
  // Those that end by this are taken out of the map meanwhile.
  std::vector<WorkerPtr> all;
  all.reserve(by_id_.size());
  for (const auto& [id, worker] : by_id_) all.push_back(worker);
  for (const auto& worker : all) {
    worker->on_tick(now);
    if (worker->silent_for(now) < limits_.blocked || ended_for_.contains(worker->id())) continue;
    log::warn("functions.worker_blocked", {{"worker", worker->id()}, {"held", worker->pending()}});
    ended_for_[worker->id()] = Outcome::Kind::kBlocked;
    sandboxes_.kill(worker->id());
  }
  for (const auto& [id, since] : starting_) {
    if (now - since < limits_.start || ended_for_.contains(id)) continue;
    log::error("functions.worker_does_not_start", {{"worker", id}});
    ended_for_[id] = Outcome::Kind::kUnavailable;
    sandboxes_.kill(id);
  }
  for (const auto& [id, since] : lost_) {
    if (now - since > kEndLimit) sandboxes_.kill(id);
  }
  for (const auto& worker : retired_) {
    if (worker->pending() > 0) continue;
    sandboxes_.kill(worker->id());
    worker->close();
  }
  retire_idle(now);
  if (want_waiting_ && !waiting_ && now >= warm_at_) {
    waiting_ = start_worker();
    if (!waiting_) warm_at_ = now + kWarmRetry;
  }
  // With nothing but a worker that waits there is nothing to look after.
  const bool only_waiting = by_id_.empty() || (by_id_.size() == 1 && waiting_ && waiting_->ready());
  if (!only_waiting || (want_waiting_ && !waiting_)) arm();
}

void Workers::on_logs(std::vector<LogLine> lines) {
  for (auto& line : lines) {
    if (lines_.size() >= kLinesMax || lines_bytes_ >= kLinesBytesMax) {
      ++lines_dropped_;
    } else {
      lines_bytes_ += line.message.size();
      lines_.push_back(std::move(line));
    }
  }
  if (!keeping_ && !lines_.empty()) {
    keeping_ = true;
    spawn(executor_, "functions.logs", keep_logs());
  }
}

Task<> Workers::keep_logs() {
  const auto alive = alive_;
  while (*alive && !lines_.empty()) {
    std::vector<LogLine> batch = std::exchange(lines_, {});
    lines_bytes_ = 0;
    if (batch.size() > kLinesAtOnceMax) {
      const auto cut = batch.begin() + static_cast<std::ptrdiff_t>(kLinesAtOnceMax);
      lines_.assign(std::make_move_iterator(cut), std::make_move_iterator(batch.end()));
      batch.erase(cut, batch.end());
      for (const auto& line : lines_) lines_bytes_ += line.message.size();
    }
    if (const auto dropped = std::exchange(lines_dropped_, 0); dropped > 0) {
      log::warn("functions.log_lines_dropped", {{"lines", dropped}});
    }
    try {
      co_await deployments_.keep(std::move(batch));
    } catch (const std::exception& error) {
      log::error("functions.log_lines_lost", {{"error", error.what()}});
    }
  }
  if (*alive) keeping_ = false;
}

void Workers::stop() {
  if (std::exchange(stopped_, true)) return;
  timer_.cancel();
  for (const auto& [id, worker] : std::exchange(by_id_, {})) {
    worker->close();
    worker->fail_all(Outcome::Kind::kUnavailable);
    sandboxes_.kill(id);
  }
  environments_.clear();
  retired_.clear();
  waiting_.reset();
  to_bind_.clear();
}

Workers::Counts Workers::counts() const {
  return {
      .running = in_use(), .waiting = waiting_ && waiting_->ready() ? 1U : 0U, .environments = environments_.size()};
}

}  // namespace dialtone::functions
