#pragma once
// The io thread's loop.

#include <functional>

#include <boost/asio/io_context.hpp>

namespace dialtone {

/// Runs `io` until it is stopped or has no more work. While `soon` says that another thread is about to hand something
/// in, the loop looks for it for at most 0.2 ms instead of going to sleep, and lets others have the processor in
/// between: to be woken takes longer, and costs the one who wakes.
void run_loop(boost::asio::io_context& io, const std::function<bool()>& soon);

}  // namespace dialtone
