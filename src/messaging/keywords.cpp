#include "messaging/keywords.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace dialtone::messaging {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

char cased(char c, bool upper) {
  const auto byte = static_cast<unsigned char>(c);
  return static_cast<char>(upper ? std::toupper(byte) : std::tolower(byte));
}

/// ASCII letters only: a word of another script is compared as it is.
std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = cased(c, true);
  return out;
}

bool says(const OptOutSettings::Group& group, const std::string& word) {
  return std::ranges::find(group.words, word) != group.words.end();
}

json::object group_json(const OptOutSettings::Group& group) {
  return {{"keywords", json::value_from(group.words)}, {"answer", group.answer}};
}

Result<OptOutSettings::Group> read_group(const json::object& object, std::string_view name,
                                         const OptOutSettings::Group& otherwise) {
  const json::value* member = object.if_contains(name);
  if (!member) return otherwise;
  const auto bad = [&](std::string_view why) { return fail({errors::kBadRequest, fmt::format("{}: {}", name, why)}); };
  if (!member->is_object()) return bad("an object with keywords and answer is expected");
  OptOutSettings::Group group = otherwise;
  if (const json::value* answer = member->get_object().if_contains("answer")) {
    if (!answer->is_string() || characters(answer->get_string()) > kKeywordAnswerCharactersMax)
      return bad(fmt::format("answer must be a text of at most {} characters", kKeywordAnswerCharactersMax));
    group.answer = answer->get_string();
  }
  if (const json::value* words = member->get_object().if_contains("keywords")) {
    if (!words->is_array() || words->get_array().size() > kKeywordsMax)
      return bad(fmt::format("keywords must be an array of at most {} words", kKeywordsMax));
    group.words.clear();
    for (const json::value& word : words->get_array()) {
      if (!word.is_string() || trimmed(word.get_string()).empty() ||
          characters(word.get_string()) > kKeywordCharactersMax)
        return bad(fmt::format("a keyword must be a text of 1 to {} characters", kKeywordCharactersMax));
      group.words.push_back(upper(trimmed(word.get_string())));
    }
  }
  return group;
}

}  // namespace

std::string_view name_of(Keyword keyword) {
  constexpr std::array<std::string_view, 4> kNames{"", "STOP", "START", "HELP"};
  return kNames[static_cast<std::size_t>(keyword)];
}

const OptOutSettings& default_opt_out_settings() {
  static const OptOutSettings kDefault{
      .stop = {.words = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"},
               .answer = default_answer(Keyword::kStop, Line::kLongCode, {})},
      .start = {.words = {"START", "YES", "UNSTOP"}, .answer = default_answer(Keyword::kStart, Line::kLongCode, {})},
      .help = {.words = {"HELP", "INFO"}, .answer = default_answer(Keyword::kHelp, Line::kLongCode, {})}};
  return kDefault;
}

json::object to_json(const OptOutSettings& settings) {
  return {
      {"stop", group_json(settings.stop)}, {"start", group_json(settings.start)}, {"help", group_json(settings.help)}};
}

Result<OptOutSettings> read_opt_out_settings(const json::object& object) {
  const OptOutSettings& otherwise = default_opt_out_settings();
  OptOutSettings settings;
  DT_TRY(settings.stop, read_group(object, "stop", otherwise.stop));
  DT_TRY(settings.start, read_group(object, "start", otherwise.start));
  DT_TRY(settings.help, read_group(object, "help", otherwise.help));
  return settings;
}

Keyword keyword_of(std::string_view body, const OptOutSettings& settings) {
  const std::string_view text = trimmed(body);
  if (text.empty() || text.size() > 4 * kKeywordCharactersMax) return Keyword::kNone;
  const std::string word = upper(text);
  if (says(settings.stop, word)) return Keyword::kStop;
  if (says(settings.start, word)) return Keyword::kStart;
  return says(settings.help, word) ? Keyword::kHelp : Keyword::kNone;
}

Keyword keyword_of(std::string_view body, Line line) {
  const Keyword keyword = keyword_of(body, default_opt_out_settings());
  if (line == Line::kLongCode) return keyword;
  const std::string word = upper(trimmed(body));
  const bool known = keyword == Keyword::kHelp || word == "STOP" || word == "START" || word == "UNSTOP";
  return known ? keyword : Keyword::kNone;
}

std::string default_answer(Keyword keyword, Line line, std::string_view word) {
  if (line == Line::kTollFree && keyword == Keyword::kStop)
    return "NETWORK MSG: You replied with the word \"stop\" which blocks all texts sent from this number. Text back "
           "\"unstop\" to receive messages again.";
  if (line == Line::kTollFree && keyword == Keyword::kStart) {
    std::string lower(trimmed(word));
    for (char& c : lower) c = cased(c, false);
    return fmt::format("NETWORK MSG: You have replied \"{}\" and will begin receiving messages again from this number.",
                       lower);
  }
  switch (keyword) {
    case Keyword::kNone:
      break;
    case Keyword::kStop:
      return "You have successfully been unsubscribed. You will not receive any more messages from this number. Reply "
             "START to resubscribe.";
    case Keyword::kStart:
      return "You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP "
             "to unsubscribe. Msg&Data Rates May Apply.";
    case Keyword::kHelp:
      return "Reply STOP to unsubscribe. Msg&Data Rates May Apply.";
  }
  return {};
}

}  // namespace dialtone::messaging
