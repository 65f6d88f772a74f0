#include "functions/worker.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "base/sid.hpp"

namespace dialtone::functions {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::size_t kKeepBytesMax = 1024 * 1024;  ///< a larger buffer is given back
constexpr std::chrono::milliseconds kPingInterval{500};
constexpr std::chrono::seconds kPingAfterUse{15};  ///< what a request left behind may still keep it busy

}  // namespace

std::vector<const Route*> functions_of(const Bundle& bundle) {
  std::vector<const Route*> out;
  for (const auto& [path, route] : bundle.routes) {
    if (route.kind == Route::Kind::kFunction) out.push_back(&route);
  }
  return out;
}

std::uint16_t number_of(const Bundle& bundle, const Route& route) {
  std::uint16_t number = 0;
  for (const auto& [path, each] : bundle.routes) {
    if (&each == &route) break;
    if (each.kind == Route::Kind::kFunction) ++number;
  }
  return number;
}

Worker::Worker(Executor executor, Owner& owner, std::uint32_t id, int socket)
    : executor_(executor),
      owner_(owner),
      id_(id),
      socket_(executor, asio::local::stream_protocol(), socket),
      last_used_(std::chrono::steady_clock::now()),
      ping_sent_(last_used_) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
}

void Worker::start() { spawn(executor_, "functions.worker", read(shared_from_this())); }

void Worker::release() {
  held_ = false;
  last_used_ = std::chrono::steady_clock::now();
  // The time that requests have begins now, not when they began to wait for a process.
  for (auto& [deadline, id] : deadlines_) {
    const auto found = pending_.find(id);
    if (found == pending_.end()) continue;
    deadline += last_used_ - found->second.began;
    found->second.began = last_used_;
  }
  send_soon();
}

void Worker::load(DeployedPtr deployed, std::string_view told) {
  deployed_ = std::move(deployed);
  bundle_ = deployed_->bundle;
  functions_ = functions_of(*bundle_);
  frames::append_load(out_, told);
}

void Worker::change(DeployedPtr deployed, std::string_view told) {
  deployed_ = std::move(deployed);
  frames::append_variables(out_, told);
  send_soon();
}

Task<Outcome> Worker::invoke(Invocation invocation) {
  const auto now = std::chrono::steady_clock::now();
  const std::uint32_t id = ++last_request_;
  const std::size_t begin = frames::begin_invoke(out_, id, invocation.function, invocation.request_sid);
  append_event(out_, invocation.request, invocation.parts);
  frames::end_invoke(out_, begin);
  last_used_ = now;
  deadlines_.emplace_back(now + invocation.limit, id);
  // Whoever comes next before the loop turns goes out in the same write.
  send_soon();
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(Outcome)>(
      [this, id, now](auto handler) {
        pending_.emplace(id, Pending{.done = Completion(std::move(handler)), .began = now});
      },
      use_task);
}

std::chrono::milliseconds Worker::silent_for(SteadyTime now) const {
  if (!ping_is_out_) return {};
  return std::chrono::duration_cast<std::chrono::milliseconds>(now - ping_sent_);
}

void Worker::on_tick(SteadyTime now) {
  if (held_) return;
  while (!deadlines_.empty() && (deadlines_.front().first <= now || !pending_.contains(deadlines_.front().second))) {
    const auto [deadline, id] = deadlines_.front();
    deadlines_.pop_front();
    finish(id, {.kind = Outcome::Kind::kTimedOut});
  }
  if (ping_is_out_ || closed_) return;
  const bool busy = !pending_.empty() && now - ping_sent_ > kPingInterval / 10;
  if (!busy && (now - ping_sent_ < kPingInterval || now - last_used_ > kPingAfterUse)) return;
  frames::append_ping(out_, ++last_ping_);
  ping_is_out_ = true;
  ping_sent_ = now;
  send_soon();
}

void Worker::fail_all(Outcome::Kind kind) {
  const auto self = shared_from_this();
  while (!pending_.empty()) finish(pending_.begin()->first, {.kind = kind});
}

void Worker::close() {
  closed_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Worker::finish(std::uint32_t id, Outcome outcome) {
  auto found = pending_.extract(id);
  if (found.empty()) return;  // it came too late
  const auto now = std::chrono::steady_clock::now();
  last_used_ = now;
  outcome.took = std::chrono::duration_cast<std::chrono::microseconds>(now - found.mapped().began);
  outcome.megabytes = megabytes_;
  // Runs whoever waits, here and now.
  std::move(found.mapped().done)(std::move(outcome));
}

Task<> Worker::read(std::shared_ptr<Worker> self) {
  std::string buffer(kReadBytes, '\0');
  while (!self->closed_) {
    const auto [error, size] = co_await self->socket_.async_read_some(asio::buffer(buffer), asio::as_tuple(use_task));
    if (self->closed_) co_return;
    if (error) {
      self->owner_.on_lost(*self);
      co_return;
    }
    self->in_.append(buffer, 0, size);
    if (!self->take_frames()) {
      self->owner_.on_nonsense(*self);
      co_return;
    }
    if (!self->lines_.empty()) self->owner_.on_logs(std::exchange(self->lines_, {}));
  }
}

/// Acts on all whole frames that were read. False when they make no sense.
bool Worker::take_frames() {
  const auto nonsense = [&](std::string_view what) {
    log::warn("functions.worker_talks_nonsense", {{"worker", id_}, {"what", what}});
    return false;
  };
  std::string_view rest = in_;
  while (!closed_) {
    const auto size = frames::frame_size(rest);
    if (!size) return nonsense(size.error());
    if (*size == 0 || *size > rest.size()) break;
    const auto frame = frames::parse(rest.substr(4, *size - 4));
    if (!frame) return nonsense(frame.error());
    rest.remove_prefix(*size);
    if (const auto* answer = std::get_if<frames::Answer>(&*frame)) {
      take(*answer);
    } else if (const auto* line = std::get_if<frames::Log>(&*frame)) {
      if (!deployed_ || line->function >= functions_.size() || !is_sid(line->request_sid, "RQ")) continue;
      lines_.push_back({.deployed = deployed_,
                        .function_sid = functions_[line->function]->sid,
                        .request_sid = std::string(line->request_sid),
                        .level = line->level,
                        .message = std::string(line->text)});
    } else if (const auto* pong = std::get_if<frames::Pong>(&*frame)) {
      megabytes_ = pong->megabytes;
      if (pong->number == last_ping_) ping_is_out_ = false;
    } else if (!ready_) {
      ready_ = true;
      owner_.on_ready(*this);
    }
  }
  in_.erase(0, in_.size() - rest.size());
  if (in_.empty() && in_.capacity() > kKeepBytesMax) in_ = {};
  return true;
}

void Worker::take(const frames::Answer& answer) {
  finish(answer.id, {.kind = Outcome::Kind::kAnswered,
                     .status = answer.status,
                     .form = answer.form,
                     .headers = answer.headers,
                     .body = std::string(answer.body)});
}

void Worker::send_soon() {
  if (held_ || writing_ || closed_ || std::exchange(send_posted_, true)) return;
  asio::post(executor_, [self = shared_from_this()] {
    self->send_posted_ = false;
    if (self->writing_ || self->closed_ || self->send_now()) return;
    self->writing_ = true;
    spawn(self->executor_, "functions.worker", write(self));
  });
}

/// Sends what the kernel takes. True when that was all, or nothing can be sent any more.
bool Worker::send_now() {
  boost::system::error_code error;
  while (sent_ < out_.size() && !error) {
    sent_ += socket_.send(asio::buffer(out_.data() + sent_, out_.size() - sent_), 0, error);
  }
  if (error == asio::error::would_block) return false;
  // Another error is seen by whoever reads.
  sent_ = 0;
  out_.clear();
  if (out_.capacity() > kKeepBytesMax) out_ = {};
  return true;
}

Task<> Worker::write(std::shared_ptr<Worker> self) {
  while (!self->closed_ && !self->send_now()) {
    co_await self->socket_.async_wait(Socket::wait_write, asio::as_tuple(use_task));
  }
  self->writing_ = false;
}

}  // namespace dialtone::functions
