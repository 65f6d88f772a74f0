#pragma once
// Where numbers lie, by libphonenumber's geocoder. Its tables take 14 MB of every process that is linked with them,
// used or not; so this is a library of its own, which the program loads when somebody first asks
// (numbers/place_tables.hpp).

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dialtone::places {

struct Tables {
  virtual ~Tables() = default;
  /// In English: "Oakland, CA", "Berlin"; empty when nothing is known of it. `e164` may be any text.
  [[nodiscard]] virtual std::string description_of(std::string_view e164) const = 0;
  /// Places of North America as they are described, with the national prefixes that lie in them: area code and what
  /// follows.
  [[nodiscard]] virtual const std::map<std::string, std::vector<std::string>>& north_american_prefixes() const = 0;
};

/// What the library exports under the name kEntry: gives the tables, which live as long as the process.
using Entry = const Tables* (*)();
inline constexpr const char* kEntry = "dialtone_places";

}  // namespace dialtone::places
