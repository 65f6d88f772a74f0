#pragma once
// The program's side of the sandbox helper: starts it when it is first needed and again when it died, and passes on
// what it says. A worker is known by its number here and by its socket; what it says on that is not looked at.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include "base/error.hpp"
#include "base/task.hpp"
#include "functions/sandbox_helper.hpp"

namespace dialtone::functions {

class Sandboxes {
 public:
  /// Why a worker is gone.
  enum class End : std::uint8_t { kExited, kKilled, kMemory };
  using Bound = std::function<void(int error)>;
  using Ended = std::function<void(std::uint32_t id, End end, int wait_status)>;

  Sandboxes(Executor executor, SandboxSettings settings);
  ~Sandboxes();
  Sandboxes(const Sandboxes&) = delete;
  Sandboxes& operator=(const Sandboxes&) = delete;

  void on_end(Ended ended) { ended_ = std::move(ended); }
  /// The settings can be changed until the first worker is started.
  SandboxSettings& settings() { return settings_; }
  [[nodiscard]] const SandboxSettings& settings() const { return settings_; }

  struct Spawned {
    std::uint32_t id = 0;
    int socket = -1;  ///< the caller's to close
  };
  /// Starts a worker. Its end is told later, also when it could not even begin.
  Result<Spawned> spawn();
  /// Mounts a build in it; from then on its memory is watched. `bound` is called with 0 or an errno, unless the worker
  /// ends before.
  void bind(std::uint32_t id, const std::string& folder, Bound bound);
  void kill(std::uint32_t id);
  /// Tries whether this machine can make a sandbox. The answer is the reason why not, for a person.
  Task<Result<>> probe();

  /// Lets the helper go, so that the next one has the settings of now.
  void restart();

  [[nodiscard]] std::size_t running() const { return running_.size(); }

 private:
  struct Pipe;
  Result<> ensure_helper();
  bool send(const void* bytes, std::size_t size, int fd);
  static Task<> listen(std::shared_ptr<Pipe> pipe);
  void on_message(std::string_view message);
  void helper_is_gone();

  Executor executor_;
  SandboxSettings settings_;
  Ended ended_;
  std::shared_ptr<Pipe> pipe_;
  std::uint32_t last_id_ = 0;
  struct Running {
    Bound bound;
    std::function<void(int status)> probed;
  };
  std::map<std::uint32_t, Running> running_;
};

}  // namespace dialtone::functions
