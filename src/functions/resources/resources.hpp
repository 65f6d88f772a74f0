#pragma once
// The REST resources of this module; each is one file beside this one, named after its function.

#include "functions/platform.hpp"
#include "functions/sources.hpp"

namespace dialtone::functions::resources {

rest::Resource services(Platform& platform);
rest::Resource service(Platform& platform);
rest::Resource environments(Platform& platform);
rest::Resource environment(Platform& platform);
rest::Resource variables(Platform& platform);
rest::Resource variable(Platform& platform);
rest::Resource deployments(Platform& platform);
rest::Resource deployment(Platform& platform);
rest::Resource logs(Platform& platform);
rest::Resource log(Platform& platform);
rest::Resource builds(Platform& platform);
rest::Resource build(Platform& platform);
rest::Resource build_status(Platform& platform);

rest::Resource sources(Platform& platform, SourceKind kind);   ///< …/Functions, …/Assets
rest::Resource source(Platform& platform, SourceKind kind);    ///< …/Functions/{Sid}
rest::Resource versions(Platform& platform, SourceKind kind);  ///< …/Functions/{FunctionSid}/Versions
rest::Resource version(Platform& platform, SourceKind kind);   ///< …/Functions/{FunctionSid}/Versions/{Sid}
rest::Resource version_content(Platform& platform);            ///< …/Functions/{FunctionSid}/Versions/{Sid}/Content

void add_all(Platform& platform, rest::Engine& engine);

}  // namespace dialtone::functions::resources
