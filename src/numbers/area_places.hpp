#pragma once
// Where the numbers of a North American area code are: its main place, with what a search for numbers asks of one.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dialtone::numbers {

/// In degrees.
struct Position {
  double latitude = 0;
  double longitude = 0;
};

/// Miles between two places, on a sphere.
double miles_between(const Position& a, const Position& b);

struct AreaPlace {
  std::vector<std::string> area_codes;
  std::string country;   ///< US, CA
  std::string region;    ///< "CA", "ON"
  std::string locality;  ///< "Oakland"
  std::string lata;      ///< "722"; all of Canada is 888
  Position position;
  std::string postal_code;
};

/// All of them: the main places of the United States and Canada.
const std::vector<AreaPlace>& area_places();
/// The place of an area code; null when the table has none.
const AreaPlace* place_of_area(std::string_view area_code);
/// As the name of a rate centre is written: upper case, ten characters.
std::string rate_center_of(std::string_view locality);

/// Prefixes of national numbers (area code and what follows) that lie in a place, by libphonenumber's geocoder.
/// `region` may be empty: the places of that name in all regions. Case does not matter.
std::vector<std::string> prefixes_in(std::string_view locality, std::string_view region);

}  // namespace dialtone::numbers
