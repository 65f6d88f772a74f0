#pragma once
// What a verification says: by a template, or the usual sentence in the language of the phone's country. Source: Verify
// v2, Templates and Customization options; error dictionary, 60201, 60224, 60228, 60247, 60251, 60252, 60325, 60327.

#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/task.hpp"
#include "store/store.hpp"

namespace dialtone::verify {

inline constexpr std::size_t kBodyCharactersMax = 500;
inline constexpr std::size_t kTemplateChoicesMax = 10;  ///< of the parameter Templates

struct WordingRequest {
  std::string account_sid;
  const json::object& service;  ///< its resource
  std::string channel;
  std::string country;        ///< of the phone; empty for mail
  std::string friendly_name;  ///< in place of the service's
  std::string locale;         ///< as asked for; empty: the country's
  std::string code, amount, payee;
  std::string template_sid, substitutions, templates;
  std::string app_hash;
};

struct Wording {
  std::string body;
  std::string name;    ///< whose code it is
  std::string locale;  ///< what it is in
  std::vector<ErrorRow> warnings = {};
};

Task<Result<Wording>> word(store::Store& store, WordingRequest request);

/// The language that codes are sent in to a country; `en` where no other is known.
std::string_view language_of(std::string_view country);

/// Sets `{{name}}` for each of the values. False when a placeholder is left over.
bool fill(std::string& text, const json::object& values);

}  // namespace dialtone::verify
