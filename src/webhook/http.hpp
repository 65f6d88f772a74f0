#pragma once
// One HTTP/1.1 request and its answer on an open connection. The only place that knows the HTTP parser.

#include "webhook/connection.hpp"

namespace dialtone::webhook {

/// How a request ended on its connection.
struct Answer {
  enum class End : std::uint8_t {
    kDone,          ///< the whole answer, or as much of it as is kept
    kBeforeAnswer,  ///< the connection ended before the first byte
    kBroken,        ///< the connection ended within the answer
    kMalformed,     ///< the bytes are not HTTP
    kExpired,       ///< the connection's deadline passed
  };
  End end = End::kBroken;
  bool reusable = false;
  bool chunked = false;
  std::string reason;  ///< of an end other than kDone
};

/// Writes `request`, reads status, headers and body into `hop`.
Task<Answer> exchange(Connection& connection, const std::string& request, Hop& hop);

}  // namespace dialtone::webhook
