#pragma once
// What the program and its sandbox helper say over a SOCK_SEQPACKET socket: a fixed head, then text. With a kSpawn
// comes the socket of the worker.

#include <cstdint>

namespace dialtone::functions::wire {

inline constexpr int kControlFd = 3;  ///< of the helper
inline constexpr int kWorkerFd = 3;   ///< of a worker
inline constexpr std::size_t kMessageBytesMax = 8 * 1024;

enum class Kind : std::uint32_t {
  kSpawn,   ///< to the helper: start a worker
  kProbe,   ///< to the helper: make a sandbox in which nothing happens; answered with kExited
  kBind,    ///< to the helper: the folder in the text becomes /build; answered with kBound
  kKill,    ///< to the helper
  kBound,   ///< from it: `value` is 0 or an errno
  kExited,  ///< from it: `value` is the wait status, `reason` why we ended it
};

enum class Reason : std::uint32_t { kNone, kKilled, kMemory };

struct Head {
  Kind kind = Kind::kSpawn;
  std::uint32_t id = 0;  ///< of the worker
  std::int32_t value = 0;
  Reason reason = Reason::kNone;
};

}  // namespace dialtone::functions::wire
