#include "places/places.hpp"

#include <phonenumbers/geocoding/phonenumber_offline_geocoder.h>
#include <phonenumbers/phonenumberutil.h>

// The geocoder's own table. The library exports it, but Debian does not install the header (geocoding_data.h).
namespace i18n::phonenumbers {
struct PrefixDescriptions {
  const std::int32_t* prefixes;
  int prefixes_size;
  const char** descriptions;
  const std::int32_t* possible_lengths;
  int possible_lengths_size;
};
const char** get_prefix_language_code_pairs();
int get_prefix_language_code_pairs_size();
const PrefixDescriptions* get_prefix_descriptions(int index);
}  // namespace i18n::phonenumbers

namespace dialtone::places {
namespace {

namespace pn = i18n::phonenumbers;

class Geocoder final : public Tables {
 public:
  Geocoder() {
    const char** const names = pn::get_prefix_language_code_pairs();
    for (int i = 0; i < pn::get_prefix_language_code_pairs_size(); ++i) {
      const std::string_view name = names[i];  // "1_en", "1510_en"
      if (!name.starts_with('1') || !name.ends_with("_en")) continue;
      const pn::PrefixDescriptions* const table = pn::get_prefix_descriptions(i);
      for (int k = 0; k < table->prefixes_size; ++k) {
        const std::string prefix = std::to_string(table->prefixes[k]);
        if (prefix.starts_with('1')) prefixes_[table->descriptions[k]].push_back(prefix.substr(1));
      }
    }
  }

  [[nodiscard]] std::string description_of(std::string_view e164) const override {
    using Util = pn::PhoneNumberUtil;
    pn::PhoneNumber number;
    if (Util::GetInstance()->Parse(std::string(e164), "ZZ", &number) != Util::NO_PARSING_ERROR) return {};
    return geocoder_.GetDescriptionForNumber(number, icu::Locale("en"));
  }

  [[nodiscard]] const std::map<std::string, std::vector<std::string>>& north_american_prefixes() const override {
    return prefixes_;
  }

 private:
  pn::PhoneNumberOfflineGeocoder geocoder_;
  std::map<std::string, std::vector<std::string>> prefixes_;
};

}  // namespace
}  // namespace dialtone::places

extern "C" __attribute__((visibility("default"))) const dialtone::places::Tables* dialtone_places() {
  static const dialtone::places::Geocoder geocoder;
  return &geocoder;
}
