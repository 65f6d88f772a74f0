#pragma once
// The parts of an HTTP proxy that know no connection of ours: reaching another host, and which header fields are for
// the next hop only (RFC 9110, section 7.6.1).

#include <chrono>
#include <optional>
#include <string>

#include "net/http.hpp"
#include "net/stream.hpp"

namespace dialtone::net {

struct Dialled {
  std::optional<Socket> socket;
  std::string problem;  ///< why there is none
};

/// Resolves and connects, for at most `limit`.
Task<Dialled> dial(Executor executor, std::string host, std::uint16_t port, std::chrono::milliseconds limit);

/// True for a field that a proxy does not pass on. `connection`: value of the message's Connection field.
bool is_hop_by_hop(std::string_view name, std::string_view connection);

}  // namespace dialtone::net
