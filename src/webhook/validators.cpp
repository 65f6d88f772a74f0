#include "webhook/validators.hpp"

#include <algorithm>
#include <array>

namespace dialtone::webhook {
namespace {

bool is_of_transfer(std::string_view name) {
  constexpr std::array<std::string_view, 4> kNames{"content-encoding", "content-length", "transfer-encoding",
                                                   "connection"};
  return std::ranges::any_of(kNames, [&](std::string_view each) {
    return std::ranges::equal(name, each, [](char a, char b) { return (a | 32) == (b | 32); });
  });
}

}  // namespace

Headers KeptAnswers::conditions(const std::string& key) {
  Headers out;
  const auto found = answers_.find(key);
  if (found == answers_.end()) return out;
  const Headers& headers = found->second->headers;
  if (const auto tag = header_of(headers, "ETag")) out.emplace_back("If-None-Match", *tag);
  if (const auto date = header_of(headers, "Last-Modified")) out.emplace_back("If-Modified-Since", *date);
  return out;
}

void KeptAnswers::keep(const std::string& key, const Hop& hop) {
  if (const auto found = answers_.find(key); found != answers_.end()) {
    order_.erase(found->second);
    answers_.erase(found);
  }
  const auto control = header_of(hop.response_headers, "Cache-Control").value_or("");
  if (hop.truncated || control.find("no-store") != std::string_view::npos) return;
  if (!header_of(hop.response_headers, "ETag") && !header_of(hop.response_headers, "Last-Modified")) return;
  order_.push_back({.key = key, .headers = {}, .body = hop.response_body});
  for (const auto& header : hop.response_headers) {  // the body is kept as it was understood, not as it was sent
    if (!is_of_transfer(header.first)) order_.back().headers.push_back(header);
  }
  answers_[key] = std::prev(order_.end());
  if (order_.size() > kKeptAnswersMax) {
    answers_.erase(order_.front().key);
    order_.pop_front();
  }
}

bool KeptAnswers::fill(const std::string& key, Hop& hop) {
  const auto found = answers_.find(key);
  if (found == answers_.end()) return false;
  order_.splice(order_.end(), order_, found->second);
  const Answer& kept = *found->second;
  // What the 304 says of the answer is newer than what is kept (RFC 9111, 3.2).
  for (const auto& header : kept.headers) {
    if (!header_of(hop.response_headers, header.first)) hop.response_headers.push_back(header);
  }
  hop.response_body = kept.body;
  hop.status = 200;
  hop.from_cache = true;
  return true;
}

}  // namespace dialtone::webhook
