#include "numbers/place_tables.hpp"

#include <dlfcn.h>

#include "base/log.hpp"

namespace dialtone::numbers {
namespace {

struct Nowhere final : places::Tables {
  [[nodiscard]] std::string description_of(std::string_view) const override { return {}; }
  [[nodiscard]] const std::map<std::string, std::vector<std::string>>& north_american_prefixes() const override {
    return none;
  }
  std::map<std::string, std::vector<std::string>> none;
};

const places::Tables* load() {
  void* const library = ::dlopen(DIALTONE_PLACES, RTLD_NOW | RTLD_LOCAL);
  void* const entry = library != nullptr ? ::dlsym(library, places::kEntry) : nullptr;
  if (entry != nullptr) return reinterpret_cast<places::Entry>(entry)();
  log::error("numbers.no_places", {{"library", DIALTONE_PLACES}, {"error", ::dlerror()}});
  static const Nowhere nowhere;
  return &nowhere;
}

}  // namespace

const places::Tables& place_tables() {
  static const places::Tables* const tables = load();
  return *tables;
}

}  // namespace dialtone::numbers
