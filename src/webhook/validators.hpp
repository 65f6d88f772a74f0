#pragma once
// Answers to GET that may be used again: those with an ETag or a Last-Modified. The server is asked each time whether
// its answer is still the same (RFC 9110, 13); when it says 304, the answer kept here stands for it. Answers to POST
// are never kept. Source: the fact sheet, section 4.2.

#include <list>
#include <string>
#include <unordered_map>

#include "webhook/client.hpp"

namespace dialtone::webhook {

inline constexpr std::size_t kKeptAnswersMax = 200;  ///< of at most kResponseBytesMax each

class KeptAnswers {
 public:
  /// If-None-Match and If-Modified-Since for a request to `key`; none when nothing is kept.
  Headers conditions(const std::string& key);
  /// Keeps a 200 that may be kept; forgets what was kept for the key when it may not.
  void keep(const std::string& key, const Hop& hop);
  /// Gives a hop that was answered 304 the answer that it stands for. False when there is none any more.
  bool fill(const std::string& key, Hop& hop);
  [[nodiscard]] std::size_t size() const { return answers_.size(); }

 private:
  struct Answer {
    std::string key;
    Headers headers;
    std::string body;
  };
  std::list<Answer> order_;  ///< used longest ago first
  std::unordered_map<std::string, std::list<Answer>::iterator> answers_;
};

}  // namespace dialtone::webhook
