#include "functions/platform.hpp"

namespace dialtone::functions {

Platform::Platform(rest::Services& services, monitor::Alerts& alerts, Folders folders)
    : services_(services),
      folders_(std::move(folders)),
      disk_(services.executor),
      logs_(services, alerts),
      live_(services, folders_, logs_) {}

}  // namespace dialtone::functions
