#include "webhook/pool.hpp"

namespace dialtone::webhook {

std::string pool_key(const Url& url, Certificates certificates) {
  return fmt::format("{}|{}|{}|{:d}{:d}", url.scheme, url.host, url.port, url.options.verify_name,
                     certificates == Certificates::kVerify);
}

ConnectionPtr Pool::take(const std::string& key) {
  const auto found = idle_.find(key);
  if (found == idle_.end()) return nullptr;
  const SteadyTime oldest = std::chrono::steady_clock::now() - kIdleMaxAge;
  auto& waiting = found->second;
  ConnectionPtr taken;
  while (!taken && !waiting.empty()) {
    Idle last = std::move(waiting.back());
    waiting.pop_back();
    --size_;
    if (last.since >= oldest && last.connection->is_quiet()) taken = std::move(last.connection);
  }
  if (waiting.empty()) idle_.erase(found);
  return taken;
}

void Pool::put(const std::string& key, ConnectionPtr connection) {
  connection->no_deadline();
  auto& waiting = idle_[key];
  if (waiting.size() == kIdlePerHostMax) {
    waiting.pop_front();
    --size_;
  }
  waiting.push_back({std::move(connection), std::chrono::steady_clock::now()});
  ++size_;
  if (size_ > kIdleMax) drop_oldest();
  arm();
}

void Pool::drop_oldest() {
  auto oldest = idle_.begin();
  for (auto it = idle_.begin(); it != idle_.end(); ++it) {
    if (it->second.front().since < oldest->second.front().since) oldest = it;
  }
  oldest->second.pop_front();
  --size_;
  if (oldest->second.empty()) idle_.erase(oldest);
}

void Pool::sweep() {
  const SteadyTime oldest = std::chrono::steady_clock::now() - kIdleMaxAge;
  for (auto it = idle_.begin(); it != idle_.end();) {
    auto& waiting = it->second;
    while (!waiting.empty() && waiting.front().since < oldest) {
      waiting.pop_front();
      --size_;
    }
    it = waiting.empty() ? idle_.erase(it) : std::next(it);
  }
}

void Pool::arm() {
  if (armed_) return;
  armed_ = true;
  sweep_timer_.expires_after(kIdleMaxAge);
  sweep_timer_.async_wait([self = std::weak_ptr(self_)](const boost::system::error_code& error) {
    const auto pool = self.lock();
    if (error || !pool) return;
    (*pool)->armed_ = false;
    (*pool)->sweep();
    if ((*pool)->size_ > 0) (*pool)->arm();
  });
}

}  // namespace dialtone::webhook
