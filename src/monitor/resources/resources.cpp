#include "monitor/resources/resources.hpp"

namespace dialtone::monitor::resources {

void add_to(rest::Engine& engine, rest::Services& services) {
  engine.add(alerts(services));
  engine.add(alert(services));
  engine.add(events(services));
  engine.add(event(services));
}

}  // namespace dialtone::monitor::resources
