#include "webhook/slots.hpp"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>

namespace dialtone::webhook {

Task<std::optional<Slots::Slot>> Slots::take(std::string host, SteadyTime deadline) {
  Host& at = hosts_[host];
  Slot slot(*this, std::move(host));
  if (at.running < per_host_max_) {
    ++at.running;
    co_return std::move(slot);
  }
  slot.waiter_ = std::make_shared<Slot::Waiter>(executor_);
  at.waiting.push_back(slot.waiter_);
  while (!slot.waiter_->granted && std::chrono::steady_clock::now() < deadline) {
    slot.waiter_->timer.expires_at(deadline);
    co_await slot.waiter_->timer.async_wait(asio::as_tuple(use_task));
  }
  if (!slot.waiter_->granted) co_return std::nullopt;
  co_return std::move(slot);
}

void Slots::leave(const Slot& slot) {
  const auto at = hosts_.find(slot.host_);
  Host& host = at->second;
  if (slot.waiter_ && !slot.waiter_->granted) {
    std::erase(host.waiting, slot.waiter_);
  } else if (!host.waiting.empty()) {  // the slot goes on to the next
    const auto next = std::move(host.waiting.front());
    host.waiting.pop_front();
    next->granted = true;
    next->timer.cancel();
  } else {
    --host.running;
  }
  if (host.running == 0 && host.waiting.empty()) hosts_.erase(at);
}

}  // namespace dialtone::webhook
