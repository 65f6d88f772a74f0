#include "functions/resources/resources.hpp"

namespace dialtone::functions::resources {

void add_all(Platform& platform, rest::Engine& engine) {
  for (const auto make : {services, service, environments, environment, variables, variable, deployments, deployment,
                          logs, log, builds, build, build_status, version_content}) {
    engine.add(make(platform));
  }
  for (const SourceKind kind : {SourceKind::kFunction, SourceKind::kAsset}) {
    for (const auto make : {sources, source, versions, version}) engine.add(make(platform, kind));
  }
}

}  // namespace dialtone::functions::resources
