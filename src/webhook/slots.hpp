#pragma once
// How many requests one host gets at the same time. More wait for their turn, in order: an application that a burst of
// messages falls upon is not buried, and its connections are used again.

#include <deque>
#include <string>
#include <unordered_map>

#include "webhook/connection.hpp"

namespace dialtone::webhook {

class Slots {
 public:
  Slots(Executor executor, std::size_t per_host_max) : executor_(executor), per_host_max_(per_host_max) {}

  /// A right to ask the host, given back at its end. Also that of one who still waits for it.
  class Slot {
   public:
    Slot(Slot&& other) noexcept
        : slots_(std::exchange(other.slots_, nullptr)),
          host_(std::move(other.host_)),
          waiter_(std::move(other.waiter_)) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (slots_ != nullptr) slots_->leave(*this);
    }

   private:
    friend class Slots;
    struct Waiter {
      explicit Waiter(Executor executor) : timer(executor) {}
      Timer timer;
      bool granted = false;
    };
    Slot(Slots& slots, std::string host) : slots_(&slots), host_(std::move(host)) {}
    Slots* slots_;
    std::string host_;
    std::shared_ptr<Waiter> waiter_;  ///< null: was free at once
  };

  /// Waits for a slot of the host, at most until `deadline`.
  Task<std::optional<Slot>> take(std::string host, SteadyTime deadline);

 private:
  struct Host {
    std::size_t running = 0;
    std::deque<std::shared_ptr<Slot::Waiter>> waiting;
  };
  void leave(const Slot& slot);

  Executor executor_;
  std::size_t per_host_max_;
  std::unordered_map<std::string, Host> hosts_;
};

}  // namespace dialtone::webhook
