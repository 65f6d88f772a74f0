#pragma once
// Words by which a phone's owner says what they want: STOP, START, HELP. A message is such a word when there is nothing
// else in it. What is answered is as Twilio documents it; a messaging service with Advanced Opt-Out has its own words
// and answers. Source: Twilio, opt-out keywords; the fact sheet, section 7.4.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace dialtone::messaging {

enum class Keyword : std::uint8_t { kNone, kStop, kStart, kHelp };

/// `STOP`, `START`, `HELP`: the webhook's OptOutType.
[[nodiscard]] std::string_view name_of(Keyword keyword);

/// Advanced Opt-Out of one service. Empty answers send nothing.
struct OptOutSettings {
  struct Group {
    std::vector<std::string> words;  ///< upper case
    std::string answer;
  };
  Group stop, start, help;
};

inline constexpr std::size_t kKeywordCharactersMax = 20;
inline constexpr std::size_t kKeywordsMax = 25;  ///< in one group
inline constexpr std::size_t kKeywordAnswerCharactersMax = 320;

/// The settings as JSON, and back. Errors: 20001.
[[nodiscard]] json::object to_json(const OptOutSettings& settings);
Result<OptOutSettings> read_opt_out_settings(const json::object& object);
/// Twilio's own words and answers, for settings to begin with.
[[nodiscard]] const OptOutSettings& default_opt_out_settings();

/// What a message says. Toll-free numbers know only STOP, START, UNSTOP and the words for help.
enum class Line : std::uint8_t { kLongCode, kTollFree };
[[nodiscard]] Keyword keyword_of(std::string_view body, const OptOutSettings& settings);
[[nodiscard]] Keyword keyword_of(std::string_view body, Line line);

/// What Twilio answers. `word` is the one that came, for a toll-free number's answer repeats it.
[[nodiscard]] std::string default_answer(Keyword keyword, Line line, std::string_view word);

}  // namespace dialtone::messaging
