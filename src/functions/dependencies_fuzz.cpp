// What is taken for packages is safe to be given to npm.

#include <cstdlib>

#include "functions/dependencies.hpp"

using namespace dialtone::functions;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto all = parse_dependencies({reinterpret_cast<const char*>(data), size});
  if (!all) return 0;
  for (const Dependency& each : *all) {
    if (each.name.empty() || each.version.empty() || each.name.find("..") == 0) std::abort();
    if (each.version.find_first_of("/:\\'\"`$") != std::string::npos) std::abort();
    if (is_exact_version(each.version) && each.version.find_first_of("^~*<>| ") != std::string::npos) std::abort();
  }
  auto with = *all;
  add_defaults(with);
  if (to_install(with).size() > all->size()) std::abort();
  return 0;
}
