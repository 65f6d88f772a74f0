#pragma once
// What stands behind a Client: its options, the requests it makes of operations, and what is tried again.

#include <memory>
#include <mutex>
#include <random>
#include <string>

#include "codec.hpp"
#include "transport.hpp"
#include "twilio/client.hpp"

namespace twilio::detail {

class Core : public std::enable_shared_from_this<Core> {
 public:
  explicit Core(Options options);
  ~Core();

  const Options& options() const { return options_; }

  void send(const Operation& operation, std::string target, Encoded encoded, std::shared_ptr<CallState> state);
  void send(const RawRequest& request, std::shared_ptr<CallState> state);

 private:
  struct Attempt;

  void start(std::shared_ptr<Outgoing> request, std::string names, bool errors_are_answers,
             std::shared_ptr<CallState> state);
  void attempt(std::shared_ptr<Attempt> attempt, std::chrono::milliseconds delay);
  void settle(std::shared_ptr<Attempt> attempt, Outcome outcome);
  /// How long to wait before the next attempt; nothing when this outcome is the last word.
  std::optional<std::chrono::milliseconds> retry_after(const Attempt& attempt, const Outcome& outcome);
  void tell(const Attempt& attempt, const Outcome& outcome) const;

  Options options_;
  std::string common_head_;
  std::shared_ptr<Transport> transport_;
  std::mutex random_mutex_;
  std::minstd_rand random_;
};

std::string base64(std::string_view bytes);

}  // namespace twilio::detail
