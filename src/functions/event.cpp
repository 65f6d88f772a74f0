#include "functions/event.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/json.hpp"
#include "net/text.hpp"

namespace dialtone::functions {
namespace {

constexpr std::array<std::string_view, 11> kHidden{"via",
                                                   "referer",
                                                   "transfer-encoding",
                                                   "proxy-authorization",
                                                   "proxy-authenticate",
                                                   "x-real-ip",
                                                   "connection",
                                                   "proxy-connection",
                                                   "expect",
                                                   "trailer",
                                                   "upgrade"};
constexpr std::array<std::string_view, 6> kHiddenPrefixes{"i-twilio-", "i-t-",         "ot-",
                                                          "x-amz",     "x-forwarded-", "x-accel-"};

bool is_hidden(std::string_view name) {
  return std::ranges::find(kHidden, name) != kHidden.end() ||
         std::ranges::any_of(kHiddenPrefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

std::string_view trimmed(std::string_view text, std::string_view blanks) {
  const auto begin = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// Appends `"name":` and a value: one text, or an array of all that the pairs of that name have.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) {}

  void begin(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json_string(out_, name);
    out_ += ':';
  }
  void raw(std::string_view members) {
    if (members.empty()) return;
    if (!first_) out_ += ',';
    first_ = false;
    out_ += members;
  }

 private:
  std::string& out_;
  bool first_ = true;
};

/// Names in the order of their first pair. Linear: a body may hold thousands of pairs.
void append_pairs(std::string& out, Members& members, const FormPairs& pairs) {
  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> next(pairs.size(), kNone);
  std::vector<bool> is_first(pairs.size(), true);
  if (pairs.size() > 1) {
    std::unordered_map<std::string_view, std::size_t> last;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const auto [at, is_new] = last.try_emplace(pairs[i].first, i);
      if (is_new) continue;
      next[at->second] = i;
      is_first[i] = false;
      at->second = i;
    }
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (!is_first[i]) continue;
    members.begin(pairs[i].first);
    if (next[i] == kNone) {
      append_json_string(out, pairs[i].second);
      continue;
    }
    out += '[';
    for (std::size_t at = i; at != kNone; at = next[at]) {
      if (at != i) out += ',';
      append_json_string(out, pairs[at].second);
    }
    out += ']';
  }
}

std::string lowered(std::string_view name) {
  std::string out(name);
  std::ranges::transform(out, out.begin(), net::lower);
  return out;
}

void append_headers(std::string& out, const net::Headers& headers) {
  std::vector<std::string> names;
  names.reserve(headers.size());
  for (std::size_t i = 0; i < headers.size(); ++i) names.push_back(lowered(headers.at(i).first));
  Members members(out);
  out += '{';
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
            names.begin() + static_cast<std::ptrdiff_t>(i) ||
        is_hidden(names[i])) {
      continue;
    }
    members.begin(names[i]);
    const auto again = std::find(names.begin() + static_cast<std::ptrdiff_t>(i) + 1, names.end(), names[i]);
    if (again == names.end()) {
      append_json_string(out, headers.at(i).second);
      continue;
    }
    out += '[';
    append_json_string(out, headers.at(i).second);
    for (std::size_t at = i + 1; at < names.size(); ++at) {
      if (names[at] != names[i]) continue;
      out += ',';
      append_json_string(out, headers.at(at).second);
    }
    out += ']';
  }
  out += '}';
}

/// The first of a name counts.
void append_cookies(std::string& out, const net::Headers& headers) {
  std::vector<std::string_view> seen;
  Members members(out);
  out += '{';
  for (std::size_t i = 0; i < headers.size(); ++i) {
    auto [name, rest] = headers.at(i);
    if (!net::same_text(name, "Cookie")) continue;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(';'), rest.size());
      const auto piece = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto equals = piece.find('=');
      if (equals == std::string_view::npos) continue;
      const auto key = trimmed(piece.substr(0, equals), " \t");
      auto value = trimmed(piece.substr(equals + 1), " \t");
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
      if (std::ranges::find(seen, key) != seen.end()) continue;
      seen.push_back(key);
      members.begin(key);
      append_json_string(out, value.contains('%') ? percent_decode(value) : std::string(value));
    }
  }
  out += '}';
}

bool is_type(std::string_view content_type, std::string_view type) {
  return net::same_text(trimmed(content_type.substr(0, content_type.find(';')), " \t"), type);
}

/// The members of an object; an array's elements under their indexes.
Result<std::string> members_of(std::string_view body) {
  const auto value = parse_json(body);
  if (!value) return fail({errors::kInvalidRequest, "The body of the request is not valid JSON"});
  if (value->is_object()) {
    const auto text = trimmed(body, " \t\r\n");
    return std::string(trimmed(text.substr(1, text.size() - 2), " \t\r\n"));
  }
  if (!value->is_array()) {
    return fail({errors::kInvalidRequest, "The body of the request must be a JSON object or array"});
  }
  std::string out;
  std::size_t index = 0;
  for (const auto& element : value->get_array()) {
    if (index > 0) out += ',';
    fmt::format_to(std::back_inserter(out), "\"{}\":", index++);
    out += json::serialize(element);
  }
  return out;
}

}  // namespace

Result<EventParts> read_event(const net::Request& request) {
  EventParts parts;
  const std::string_view target = request.target;
  if (const auto mark = target.find('?'); mark != std::string_view::npos) {
    auto query = form_decode(target.substr(mark + 1));
    if (!query) return fail({errors::kInvalidRequest, "The query has too many parameters"});
    parts.query = *std::move(query);
  }
  if (request.body.empty()) return parts;
  const auto type = request.header("Content-Type");
  if (is_type(type, "application/x-www-form-urlencoded")) {
    parts.body = EventParts::Body::kForm;
    auto form = form_decode(request.body);
    if (!form) return fail({errors::kInvalidRequest, "The body has too many parameters"});
    parts.form = *std::move(form);
  } else if (is_type(type, "application/json")) {
    parts.body = EventParts::Body::kJson;
    DT_TRY(parts.members, members_of(request.body));
  } else {
    parts.body = EventParts::Body::kOther;
  }
  return parts;
}

void append_event(std::string& out, const net::Request& request, const EventParts& parts) {
  out += '{';
  Members members(out);
  members.begin("request");
  out += R"({"headers":)";
  append_headers(out, request.headers);
  out += R"(,"cookies":)";
  append_cookies(out, request.headers);
  out += '}';
  append_pairs(out, members, parts.query);
  append_pairs(out, members, parts.form);
  members.raw(parts.members);
  out += '}';
}

}  // namespace dialtone::functions
